-- CreateEnum
CREATE TYPE "CancelReason" AS ENUM ('requested', 'deadline');

-- AlterTable
ALTER TABLE "tasks" ADD COLUMN     "cancel_reason" "CancelReason",
ADD COLUMN     "deadline_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "tasks_status_deadline_at_idx" ON "tasks"("status", "deadline_at");

-- Until now only people canceled.
UPDATE "tasks" SET "cancel_reason" = 'requested' WHERE "status" = 'canceled';
