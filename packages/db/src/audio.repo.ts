/*
 * A recording, and for how long it stays.
 *
 *   uploaded for itself ──claimAudio──▶ used by tasks ──the last of them is deleted──▶ (gone)
 *     └──24 h (deleteExpiredAudio), or deleteAudio──▶ (gone)
 *
 * `expiresAt` is the one mark of "not used yet": a task that takes the audio clears it in its own transaction, so that a sweep
 * at the same moment either comes first, and the task finds no audio, or waits and then finds nothing to sweep. Rejected: to
 * count the tasks at the sweep; it would read every old recording each time.
 * Wherever a row goes, an outbox row in the same transaction asks for its file to go.
 */
import { DAY } from "@phonoscene/kernel";

import { arrayLiteral } from "./array-literal.ts";
import type { Db } from "./client.ts";
import type { Audio, PrismaClient } from "./generated/client.ts";
import type { Claim } from "./task-state.ts";
import { isUniqueViolation } from "./unique.ts";

const KEPT_UNUSED_MS = DAY;

export type NewAudio = { filename: string; format: string; sizeBytes: number; storageKey: string };
export type AudioRow = Audio;

type OwnedAudio = { id: string; userId: string };

/** The owner's audio; what has expired is gone, swept or not. */
export const findAudio = (db: Db, { id, userId }: OwnedAudio): Promise<AudioRow | null> =>
  db.audio.findFirst({ where: { id, userId, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] } });

/** Stores audio that no task uses yet, for 24 hours. Audio that is there already under this id is the answer. */
export const createAudio = async (db: Db, owned: OwnedAudio, audio: NewAudio): Promise<AudioRow> => {
  const expiresAt = new Date(Date.now() + KEPT_UNUSED_MS);
  try {
    return await db.audio.create({ data: { ...owned, ...audio, expiresAt } });
  } catch (error) {
    const made = isUniqueViolation(error) ? await findAudio(db, owned) : null;
    if (made === null) throw error;
    return made;
  }
};

/** Keeps the owner's audio for tasks that this transaction makes; resolves to the ids that there are. */
export const claimAudio = async (tx: Db, userId: string, ids: readonly string[]): Promise<string[]> => {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    WITH found AS (
      SELECT id FROM audio WHERE id = ANY(${arrayLiteral(ids)}::uuid[]) AND user_id = ${userId}::uuid
        AND (expires_at IS NULL OR expires_at > now())
      ORDER BY id FOR UPDATE
    )
    UPDATE audio SET expires_at = NULL FROM found WHERE audio.id = found.id RETURNING audio.id`;
  return rows.map(({ id }) => id);
};

/** Deletes those that no task uses any more. The lock first: of two that delete the last two tasks, one sees both gone. */
export const deleteUnusedAudio = async (tx: Db, ids: readonly string[]): Promise<number> => {
  const list = arrayLiteral(ids);
  await tx.$executeRaw`SELECT FROM audio WHERE id = ANY(${list}::uuid[]) ORDER BY id FOR UPDATE`;
  return tx.$executeRaw`
    WITH unused AS (
      DELETE FROM audio WHERE id = ANY(${list}::uuid[])
        AND NOT EXISTS (SELECT FROM tasks WHERE tasks.audio_id = audio.id)
      RETURNING storage_key
    )
    INSERT INTO outbox (job, payload)
    SELECT 'maintenance', jsonb_build_object('action', 'delete-audio', 'storageKey', storage_key) FROM unused`;
};

export type DeleteAudioOutcome = "deleted" | "not-found" | "in-use";

/** Deletes the owner's audio, unless a task uses it. */
export const deleteAudio = (db: PrismaClient, owned: OwnedAudio): Promise<DeleteAudioOutcome> =>
  db.$transaction(async (tx) => {
    if ((await findAudio(tx, owned)) === null) return "not-found";
    return (await deleteUnusedAudio(tx, [owned.id])) > 0 ? "deleted" : "in-use";
  });

/** Deletes audio that no task took within 24 hours; resolves to how many. */
export const deleteExpiredAudio = (db: Db): Promise<number> =>
  db.$executeRaw`
    WITH expired AS (DELETE FROM audio WHERE expires_at <= now() RETURNING storage_key)
    INSERT INTO outbox (job, payload)
    SELECT 'maintenance', jsonb_build_object('action', 'delete-audio', 'storageKey', storage_key) FROM expired`;

/**
 * Gives a task the recording that its worker downloaded, fenced by the claim. False: the claim is lost and nothing was
 * written.
 */
export const saveDownloadedAudio = async (
  db: Db,
  { taskId, token }: Claim,
  { id, filename, format, sizeBytes, storageKey }: NewAudio & { id: string },
): Promise<boolean> => {
  const count = await db.$executeRaw`
    WITH mine AS (
      SELECT id, user_id FROM tasks
      WHERE id = ${taskId}::uuid AND attempt_token = ${token}::uuid AND audio_id IS NULL FOR UPDATE
    ), stored AS (
      INSERT INTO audio (id, user_id, filename, format, size_bytes, storage_key)
      SELECT ${id}::uuid, user_id, ${filename}, ${format}, ${sizeBytes}, ${storageKey} FROM mine
      RETURNING id
    )
    UPDATE tasks SET audio_id = stored.id, updated_at = clock_timestamp() FROM stored WHERE tasks.id = ${taskId}::uuid`;
  return count > 0;
};

/** Of these storage keys, the ones that an audio row still names. */
export const findKnownStorageKeys = async (db: Db, storageKeys: readonly string[]): Promise<Set<string>> => {
  const rows = await db.audio.findMany({
    where: { storageKey: { in: [...storageKeys] } },
    select: { storageKey: true },
  });
  return new Set(rows.map((row) => row.storageKey));
};
