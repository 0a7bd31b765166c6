-- CreateIndex
CREATE INDEX "tasks_metadata_idx" ON "tasks" USING GIN ("metadata" jsonb_path_ops);
