-- AlterTable
ALTER TABLE "transcripts" ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "transcript_revisions" (
    "task_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "language" TEXT NOT NULL,
    "engine" TEXT NOT NULL,
    "segments" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "transcript_revisions_pkey" PRIMARY KEY ("task_id","version")
);

-- AddForeignKey
ALTER TABLE "transcript_revisions" ADD CONSTRAINT "transcript_revisions_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "transcripts"("task_id") ON DELETE CASCADE ON UPDATE CASCADE;
