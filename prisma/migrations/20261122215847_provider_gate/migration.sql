-- CreateEnum
CREATE TYPE "ProviderCallState" AS ENUM ('reserved', 'settled', 'released', 'unknown');

-- CreateTable
CREATE TABLE "provider_states" (
    "provider" TEXT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "openings" INTEGER NOT NULL DEFAULT 0,
    "open_until" TIMESTAMPTZ(3),
    "probe_id" UUID,
    "probe_until" TIMESTAMPTZ(3),
    "requests" DOUBLE PRECISION,
    "refilled_at" TIMESTAMPTZ(3),

    CONSTRAINT "provider_states_pkey" PRIMARY KEY ("provider")
);

-- CreateTable
CREATE TABLE "provider_slots" (
    "id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "provider_slots_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_calls" (
    "id" UUID NOT NULL,
    "task_id" UUID NOT NULL,
    "user_id" UUID,
    "provider" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "state" "ProviderCallState" NOT NULL DEFAULT 'reserved',
    "audio_ms" INTEGER,
    "input_tokens" INTEGER,
    "output_tokens" INTEGER,
    "reserved_micro_usd" BIGINT NOT NULL,
    "cost_micro_usd" BIGINT,
    "provider_job_id" TEXT,
    "day" DATE NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "provider_calls_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_spend" (
    "day" DATE NOT NULL,
    "scope" TEXT NOT NULL,
    "micro_usd" BIGINT NOT NULL,

    CONSTRAINT "provider_spend_pkey" PRIMARY KEY ("day","scope")
);

-- CreateIndex
CREATE INDEX "provider_slots_provider_until_idx" ON "provider_slots"("provider", "until");

-- CreateIndex
CREATE INDEX "provider_calls_task_id_idx" ON "provider_calls"("task_id");

-- CreateIndex
CREATE INDEX "provider_calls_user_id_idx" ON "provider_calls"("user_id");

-- CreateIndex
CREATE INDEX "provider_calls_state_started_at_idx" ON "provider_calls"("state", "started_at");

-- AddForeignKey
ALTER TABLE "provider_calls" ADD CONSTRAINT "provider_calls_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;
