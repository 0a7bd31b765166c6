-- AlterTable
ALTER TABLE "audio" ADD COLUMN     "expires_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "tasks" ADD COLUMN     "audio_url" TEXT;

-- CreateIndex
CREATE INDEX "audio_expires_at_idx" ON "audio"("expires_at");
