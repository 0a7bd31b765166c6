-- AlterTable
ALTER TABLE "tasks" ADD COLUMN     "given_segments" JSONB;

-- AlterTable
ALTER TABLE "transcripts" ADD COLUMN     "word_timing" TEXT;
