/*
 * The life of a delivery: one event on its way to one webhook.
 *
 *   (trigger, test) ──▶ pending ──recordAttempt──▶ delivered
 *                        │  ▲ └──recordAttempt──▶ pending, later (the schedule is the dispatcher's) … exhausted
 *                        │  └──replayDelivery── delivered, exhausted, canceled
 *                        └──the webhook is disabled──▶ canceled (by whoever disables it; by the dispatcher where it was
 *                           written in that very moment, by a transaction that still saw the webhook enabled)
 *
 * A dispatcher claims what is due: a token and a lease that outlasts the longest request. It sends, then records how it
 * went, fenced by the token. A dispatcher that dies between the two leaves the lease to run out, and the delivery is sent
 * again under the same message id: at least once, never lost. All times are the database's.
 *
 * A claim takes at most MAX_AT_ONCE of one webhook, those under way counted: one that hangs holds so many places and no
 * more. Rejected: a queue job a delivery. The queue may be lost, its delays are per job and not per receiver, and on a
 * shared queue a dead receiver's jobs fill the workers.
 */
import { SECOND } from "@phonoscene/kernel";

import type { Db } from "./client.ts";

/** Requests under way to one webhook. Two dispatchers that claim in the same instant may pass it once. */
const MAX_AT_ONCE = 4;

/** Longer than a request may take. */
const LEASE_MS = 25 * SECOND;

export type ClaimedDelivery = {
  id: string;
  /** Fences the record. */
  token: string;
  webhookId: string;
  /** The header `webhook-id`. */
  messageId: string;
  url: string;
  body: string;
  /** The newest first; two while a secret rotates. */
  secrets: string[];
  /** Attempts that were recorded since it was made or replayed. */
  attempt: number;
};

/** Takes deliveries that are due, the longest due webhooks first, and cancels those of disabled webhooks, in one statement. */
export const claimDeliveries = (db: Db, limit: number): Promise<ClaimedDelivery[]> =>
  db.$queryRaw<ClaimedDelivery[]>`
    WITH due AS (
      SELECT webhook_id, min(next_attempt_at) AS since,
        count(*) FILTER (WHERE lease_until > now()) AS busy
      FROM webhook_deliveries WHERE state = 'pending' AND next_attempt_at <= now() GROUP BY webhook_id
    ), chosen AS (
      SELECT next.id
      FROM due JOIN webhooks ON webhooks.id = due.webhook_id AND webhooks.status = 'enabled'
      CROSS JOIN LATERAL (
        SELECT d.id FROM webhook_deliveries d
        WHERE d.webhook_id = due.webhook_id AND d.state = 'pending' AND d.next_attempt_at <= now()
          AND (d.lease_until IS NULL OR d.lease_until <= now())
        ORDER BY d.next_attempt_at, d.id LIMIT greatest(${MAX_AT_ONCE}::int - due.busy, 0) FOR UPDATE SKIP LOCKED
      ) next
      ORDER BY due.since LIMIT ${limit}
    ), canceled AS (
      UPDATE webhook_deliveries d SET state = 'canceled', lease_token = NULL, lease_until = NULL
      FROM due JOIN webhooks ON webhooks.id = due.webhook_id AND webhooks.status = 'disabled'
      WHERE d.webhook_id = due.webhook_id AND d.state = 'pending'
    ), claimed AS (
      UPDATE webhook_deliveries d SET lease_token = gen_random_uuid(),
        lease_until = now() + ${LEASE_MS} * interval '1 ms'
      FROM chosen WHERE d.id = chosen.id
      RETURNING d.id, d.lease_token, d.webhook_id, d.event_id, d.attempt
    )
    SELECT claimed.id, claimed.lease_token AS token, claimed.webhook_id AS "webhookId",
      'msg_' || replace(claimed.event_id::text, '-', '') AS "messageId", w.url, e.body, claimed.attempt,
      CASE WHEN w.previous_until > now() THEN ARRAY[w.secret, w.previous_secret] ELSE ARRAY[w.secret] END AS secrets
    FROM claimed JOIN webhook_events e ON e.id = claimed.event_id JOIN webhooks w ON w.id = claimed.webhook_id`;

type Claim = Pick<ClaimedDelivery, "id" | "token">;

export type AttemptResult = {
  state: "pending" | "delivered" | "exhausted";
  /** Until the next attempt; 0 where none will come. */
  delayMs: number;
  /** Of the answer; null where none came. */
  status: number | null;
  error: string | null;
  durationMs: number;
  excerpt: string | null;
};

/** Records one attempt and what follows from it, in one statement. False: the claim is lost, and nothing was written. */
export const recordAttempt = async (db: Db, claim: Claim, result: AttemptResult): Promise<boolean> => {
  const { state, delayMs, status, error, durationMs, excerpt } = result;
  const count = await db.$executeRaw`
    WITH recorded AS (
      UPDATE webhook_deliveries SET state = ${state}::"WebhookDeliveryState", attempt = attempt + 1,
        next_attempt_at = now() + ${delayMs}::double precision * interval '1 ms', lease_token = NULL, lease_until = NULL,
        last_status = ${status}::int, last_error = ${error}
      WHERE id = ${claim.id}::uuid AND lease_token = ${claim.token}::uuid
      RETURNING id
    )
    INSERT INTO webhook_attempts (id, delivery_id, status, error, duration_ms, excerpt)
    SELECT gen_random_uuid(), id, ${status}::int, ${error}, ${durationMs}::int, ${excerpt} FROM recorded`;
  return count > 0;
};

/** Gives claims back uncounted: the dispatcher stops before it knows how they went. */
export const releaseDelivery = async (db: Db, claim: Claim): Promise<void> => {
  await db.$executeRaw`
    UPDATE webhook_deliveries SET lease_token = NULL, lease_until = NULL
    WHERE id = ${claim.id}::uuid AND lease_token = ${claim.token}::uuid`;
};
