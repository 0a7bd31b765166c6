-- AlterTable
ALTER TABLE "prompts" ADD COLUMN     "locked" BOOLEAN NOT NULL DEFAULT false,
ALTER COLUMN "scene_id" DROP NOT NULL;

-- CreateTable
CREATE TABLE "prompt_revisions" (
    "prompt_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "content" TEXT NOT NULL,
    "negative" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "prompt_revisions_pkey" PRIMARY KEY ("prompt_id","version")
);

-- AddForeignKey
ALTER TABLE "prompt_revisions" ADD CONSTRAINT "prompt_revisions_prompt_id_fkey" FOREIGN KEY ("prompt_id") REFERENCES "prompts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Checked at the end of a statement: one UPDATE may then reorder. Prisma's schema cannot say so, and does not see a difference.
DROP INDEX "prompts_task_id_position_key";
ALTER TABLE "prompts" ADD CONSTRAINT "prompts_task_id_position_key" UNIQUE ("task_id", "position") DEFERRABLE INITIALLY IMMEDIATE;
