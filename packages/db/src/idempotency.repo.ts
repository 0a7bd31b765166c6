/*
 * One unsafe request, sent any number of times.
 *
 *   (none) ──beginRequest──▶ running ──saveAnswer──▶ answered ──24 h──▶ (none)
 *                              └──forgetRequest──▶ (none)       refused: the request may be mended and sent again
 *                              └──unlockRequest──▶ running, unlocked      broke off: the next one with the key goes on
 *
 * A holder that dies leaves a lock that runs out. Whoever takes it over gets the first one's `resultId`: had the first
 * one made something just before it died, the second finds it under that id instead of making another.
 */
import { DAY, newId } from "@phonoscene/kernel";

import type { Db } from "./client.ts";

const KEPT_MS = DAY;

export type RequestKey = {
  userId: string;
  /** Method and path pattern: `POST /v1/tasks`. */
  route: string;
  key: string;
};

export type StoredAnswer = { status: number; headers: Record<string, string>; body: string | null };

/** Proof of holding a key; saving the answer asks for it. */
export type HeldRequest = { request: RequestKey; holder: string; resultId: string };

export type BeginOutcome =
  | { outcome: "begun"; held: HeldRequest }
  | { outcome: "answered"; answer: StoredAnswer }
  | { outcome: "running" }
  | { outcome: "other-body" };

const take = async (
  db: Db,
  request: RequestKey,
  { fingerprint, lockMs }: { fingerprint: Uint8Array; lockMs: number },
): Promise<HeldRequest | null> => {
  const { userId, route, key } = request;
  const holder = newId();
  const [row] = await db.$queryRaw<{ resultId: string }[]>`
    INSERT INTO idempotency_keys AS k (user_id, route, key, fingerprint, holder, result_id, locked_until)
    VALUES (${userId}::uuid, ${route}, ${key}, ${fingerprint}, ${holder}::uuid, ${newId()}::uuid,
      now() + ${lockMs} * interval '1 ms')
    ON CONFLICT (user_id, route, key) DO UPDATE SET
      holder = excluded.holder, fingerprint = excluded.fingerprint, locked_until = excluded.locked_until,
      status = NULL, headers = NULL, body = NULL,
      result_id = CASE WHEN k.created_at > now() - ${KEPT_MS} * interval '1 ms' THEN k.result_id
        ELSE excluded.result_id END,
      created_at = now()
    WHERE k.created_at <= now() - ${KEPT_MS} * interval '1 ms'
      OR (k.status IS NULL AND k.locked_until <= now() AND k.fingerprint = excluded.fingerprint)
    RETURNING result_id AS "resultId"`;
  return row === undefined ? null : { request, holder, resultId: row.resultId };
};

type Found = StoredAnswer & { isSame: boolean; isAnswered: boolean };

/** Takes the key for this request, unless another request has it: then tells how that one stands. */
export const beginRequest = async (
  db: Db,
  request: RequestKey,
  hold: { fingerprint: Uint8Array; lockMs: number },
): Promise<BeginOutcome> => {
  const held = await take(db, request, hold);
  if (held !== null) return { outcome: "begun", held };
  const { userId, route, key } = request;
  const [found] = await db.$queryRaw<Found[]>`
    SELECT fingerprint = ${hold.fingerprint} AS "isSame", status IS NOT NULL AS "isAnswered", status, headers, body
    FROM idempotency_keys WHERE user_id = ${userId}::uuid AND route = ${route} AND key = ${key}`;
  // Between the two statements the other one was refused and let go: to this one it was still running.
  if (found === undefined) return { outcome: "running" };
  if (!found.isSame) return { outcome: "other-body" };
  if (!found.isAnswered) return { outcome: "running" };
  const { status, headers, body } = found;
  return { outcome: "answered", answer: { status, headers, body } };
};

/** Keeps the answer for whoever sends the request again. False: the lock ran out and another request has the key. */
export const saveAnswer = async (db: Db, { request, holder }: HeldRequest, answer: StoredAnswer): Promise<boolean> => {
  const { userId, route, key } = request;
  const count = await db.$executeRaw`
    UPDATE idempotency_keys SET status = ${answer.status}, headers = ${JSON.stringify(answer.headers)}::jsonb,
      body = ${answer.body}
    WHERE user_id = ${userId}::uuid AND route = ${route} AND key = ${key} AND holder = ${holder}::uuid`;
  return count > 0;
};

/** Gives the key free, as if the request had never come: it was refused. */
export const forgetRequest = async (db: Db, { request, holder }: HeldRequest): Promise<void> => {
  await db.idempotencyKey.deleteMany({ where: { ...request, holder } });
};

/** Lets the same request be tried again at once; what it may have made already keeps its id. */
export const unlockRequest = async (db: Db, { request, holder }: HeldRequest): Promise<void> => {
  const { userId, route, key } = request;
  await db.$executeRaw`
    UPDATE idempotency_keys SET locked_until = now()
    WHERE user_id = ${userId}::uuid AND route = ${route} AND key = ${key} AND holder = ${holder}::uuid`;
};

/** Removes keys older than 24 hours; resolves to how many. */
export const deleteOldIdempotencyKeys = (db: Db): Promise<number> =>
  db.$executeRaw`DELETE FROM idempotency_keys WHERE created_at <= now() - ${KEPT_MS} * interval '1 ms'`;
