-- AlterTable
ALTER TABLE "tasks" ADD COLUMN     "dead_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "leases" (
    "name" TEXT NOT NULL,
    "holder" UUID NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "leases_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "tasks_dead_at_id_idx" ON "tasks"("dead_at" DESC, "id" DESC);
