-- AlterTable
ALTER TABLE "tasks" ADD COLUMN     "provider" TEXT,
ADD COLUMN     "provider_job_at" TIMESTAMPTZ(3),
ADD COLUMN     "provider_ready_at" TIMESTAMPTZ(3),
ADD COLUMN     "wait_until" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "transcript_segments" ADD COLUMN     "speaker" TEXT,
ADD COLUMN     "words" JSONB;

-- CreateTable
CREATE TABLE "transcript_parts" (
    "task_id" UUID NOT NULL,
    "engine" TEXT NOT NULL,
    "start_ms" INTEGER NOT NULL,
    "end_ms" INTEGER NOT NULL,
    "result" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "transcript_parts_pkey" PRIMARY KEY ("task_id","engine","start_ms")
);

-- CreateTable
CREATE TABLE "provider_deletions" (
    "provider" TEXT NOT NULL,
    "provider_job_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provider_deletions_pkey" PRIMARY KEY ("provider","provider_job_id")
);

-- CreateIndex
CREATE INDEX "provider_deletions_created_at_idx" ON "provider_deletions"("created_at");

-- AddForeignKey
ALTER TABLE "transcript_parts" ADD CONSTRAINT "transcript_parts_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Until now there was one provider with ids.
UPDATE "tasks" SET "provider" = 'assemblyai', "provider_job_at" = "updated_at" WHERE "provider_job_id" IS NOT NULL;
