-- AlterTable
ALTER TABLE "tasks" ADD COLUMN     "scope" JSONB;

-- AlterTable
ALTER TABLE "prompts" ADD COLUMN     "full_slots" JSONB,
ADD COLUMN     "edited" BOOLEAN NOT NULL DEFAULT false;

-- Until now nobody but their owners changed prompts, or made some without slots.
UPDATE "prompts" SET "edited" = true
WHERE "slots" = '[]' OR EXISTS (SELECT FROM "prompt_revisions" WHERE "prompt_id" = "prompts"."id");

-- CreateTable
CREATE TABLE "bibles" (
    "task_id" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "entities" JSONB NOT NULL,
    "style" JSONB NOT NULL,
    "removed_ids" TEXT[],
    "engine" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bibles_pkey" PRIMARY KEY ("task_id")
);

-- CreateTable
CREATE TABLE "styles" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "camera" TEXT,
    "lens" TEXT,
    "photography" TEXT,
    "film" TEXT,
    "style" TEXT,
    "negative" TEXT,
    "aspect_ratio" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "styles_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "styles_user_id_created_at_id_idx" ON "styles"("user_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "styles_user_id_name_key" ON "styles"("user_id", "name");

-- AddForeignKey
ALTER TABLE "bibles" ADD CONSTRAINT "bibles_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "styles" ADD CONSTRAINT "styles_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
