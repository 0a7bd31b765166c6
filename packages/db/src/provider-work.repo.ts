import type { Db } from "./client.ts";
import { Prisma } from "./generated/client.ts";
import type { Claim } from "./task-state.ts";

/** Work that a provider does, or has done, for a task. */
export type ProviderJob = { provider: string; providerJobId: string };

/** Part of a statement whose `gone` names `provider` and `provider_job_id`: writes down that those copies must go. */
export const DOOM_GONE = Prisma.sql`
  doomed AS (
    INSERT INTO provider_deletions (provider, provider_job_id)
    SELECT DISTINCT provider, provider_job_id FROM gone WHERE provider IS NOT NULL AND provider_job_id IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING provider, provider_job_id
  )`;

/** Asks for the jobs that see to what is `doomed`. */
export const ASK_FOR_DOOMED = Prisma.sql`
  INSERT INTO outbox (job, payload)
  SELECT 'maintenance', jsonb_build_object(
    'action', 'delete-provider-copy', 'provider', provider, 'providerJobId', provider_job_id) FROM doomed`;

/** The end of a statement that begins with `WITH gone AS (...)`: both of the above. */
export const FORGET_GONE = Prisma.sql`${DOOM_GONE} ${ASK_FOR_DOOMED}`;

/** Asks for a provider's copy to be deleted. */
export const forgetProviderJob = async (db: Db, { provider, providerJobId }: ProviderJob): Promise<void> => {
  await db.$executeRaw`
    WITH gone AS (SELECT ${provider}::text AS provider, ${providerJobId}::text AS provider_job_id), ${FORGET_GONE}`;
};

/**
 * Keeps the provider's id of the paid work, before the first poll; the copy of an earlier id has to go.
 * False: the claim is lost.
 */
export const saveProviderJobId = async (
  db: Db,
  claim: Claim,
  { provider, providerJobId }: ProviderJob,
): Promise<boolean> => {
  const [saved] = await db.$queryRaw<{ count: number }[]>`
    WITH before AS (
      SELECT id, provider, provider_job_id FROM tasks
      WHERE id = ${claim.taskId}::uuid AND attempt_token = ${claim.token}::uuid FOR UPDATE
    ), saved AS (
      UPDATE tasks SET provider = ${provider}, provider_job_id = ${providerJobId}, provider_job_at = now(),
        updated_at = clock_timestamp()
      FROM before WHERE tasks.id = before.id RETURNING tasks.id
    ), gone AS (
      SELECT provider, provider_job_id FROM before WHERE provider_job_id <> ${providerJobId}
    ), ${DOOM_GONE}, asked AS (${ASK_FOR_DOOMED})
    SELECT count(*)::int AS count FROM saved`;
  return (saved?.count ?? 0) > 0;
};

/**
 * Gives the claim back while a provider works: nobody here is at the task until the provider calls or `waitMs` are over.
 * Not counted as an attempt. "ready": the provider has called since the claim, look again at once.
 */
export const parkTask = async (db: Db, claim: Claim, waitMs: number): Promise<"parked" | "ready" | "lost"> => {
  const [parked] = await db.$queryRaw<{ isReady: boolean }[]>`
    UPDATE tasks SET attempt_token = NULL, lease_until = NULL, enqueued_at = now(), updated_at = clock_timestamp(),
      attempt = greatest(attempt - 1, 0),
      wait_until = CASE WHEN provider_ready_at IS NULL THEN now() + ${waitMs} * interval '1 ms' END
    WHERE id = ${claim.taskId}::uuid AND attempt_token = ${claim.token}::uuid
    RETURNING provider_ready_at IS NOT NULL AS "isReady"`;
  if (parked === undefined) return "lost";
  return parked.isReady ? "ready" : "parked";
};

/**
 * Notes that a provider has called about a task, and asks for its job. A call about other work than the task's, a second
 * one, or one about a task that is over changes nothing: false. The call proves nothing by itself; the worker asks the
 * provider.
 */
export const noteProviderReady = async (
  db: Db,
  { taskId, provider, providerJobId }: ProviderJob & { taskId: string },
): Promise<boolean> => {
  const asked = await db.$executeRaw`
    WITH ready AS (
      UPDATE tasks SET provider_ready_at = now(), wait_until = NULL, enqueued_at = now(), updated_at = clock_timestamp()
      WHERE id = ${taskId}::uuid AND status = 'processing' AND stage = 'transcribing' AND provider_ready_at IS NULL
        AND (provider_job_id IS NULL OR (provider = ${provider} AND provider_job_id = ${providerJobId}))
      RETURNING id
    )
    INSERT INTO outbox (job, payload)
    SELECT 'transcribe-audio', jsonb_build_object('taskId', id) FROM ready`;
  return asked > 0;
};

/** The provider has no copy any more. */
export const endProviderDeletion = async (db: Db, { provider, providerJobId }: ProviderJob): Promise<void> => {
  await db.providerDeletion.deleteMany({ where: { provider, providerJobId } });
};

const BATCH = 1000;

/** Asks again for the deletions that were asked for longer ago than this and have not happened. */
export const askForOldProviderDeletions = (db: Db, olderThanMs: number): Promise<number> =>
  db.$executeRaw`
    WITH doomed AS (
      SELECT provider, provider_job_id FROM provider_deletions
      WHERE created_at < now() - ${olderThanMs} * interval '1 ms' ORDER BY created_at LIMIT ${BATCH}
    ) ${ASK_FOR_DOOMED}`;
