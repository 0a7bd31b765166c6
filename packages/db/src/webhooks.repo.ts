import { type Cursor, HOUR, newId } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import { Prisma, type PrismaClient, type Webhook } from "./generated/client.ts";

/** Without its secrets, and the previous one's end only while it counts. */
export type WebhookRow = Omit<Webhook, "secret" | "previousSecret" | "previousUntil" | "userId"> & {
  previousSecretUntil: Date | null;
};

export type OwnedWebhook = { id: string; userId: string };

const COLUMNS = Prisma.sql`id, url, description, events, status::text AS status,
  disabled_reason::text AS "disabledReason",
  CASE WHEN previous_until > now() THEN previous_until END AS "previousSecretUntil",
  version, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** How long the secret before the last rotation signs too. */
const ROTATION_MS = 24 * HOUR;

export type NewWebhook = {
  userId: string;
  url: string;
  description: string | null;
  events: readonly string[];
  secret: string;
};

/** Null where the user has `max` already; the lock keeps two at once from passing the limit. */
export const createWebhook = (db: PrismaClient, webhook: NewWebhook, max: number): Promise<WebhookRow | null> =>
  db.$transaction(async (tx) => {
    const { userId, url, description, events, secret } = webhook;
    await tx.$queryRaw`SELECT id FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
    const [row] = await tx.$queryRaw<WebhookRow[]>`
      INSERT INTO webhooks (id, user_id, url, description, events, secret)
      SELECT ${newId()}::uuid, ${userId}::uuid, ${url}, ${description}, ${[...events]}::text[], ${secret}
      WHERE (SELECT count(*) FROM webhooks WHERE user_id = ${userId}::uuid) < ${max}
      RETURNING ${COLUMNS}`;
    return row ?? null;
  });

export const findWebhook = async (db: Db, { id, userId }: OwnedWebhook): Promise<WebhookRow | null> => {
  const [row] = await db.$queryRaw<WebhookRow[]>`
    SELECT ${COLUMNS} FROM webhooks WHERE id = ${id}::uuid AND user_id = ${userId}::uuid`;
  return row ?? null;
};

/** Newest first; one row more than the limit tells of another page. */
export const listWebhooks = (
  db: Db,
  userId: string,
  { limit, after }: { limit: number; after: Cursor | null },
): Promise<WebhookRow[]> =>
  db.$queryRaw<WebhookRow[]>`
    SELECT ${COLUMNS} FROM webhooks
    WHERE user_id = ${userId}::uuid
      AND (${after?.id ?? null}::uuid IS NULL
        OR (created_at, id) < (${after?.createdAt ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`;

export type WebhookChanges = {
  url?: string | undefined;
  description?: string | null | undefined;
  events?: readonly string[] | undefined;
  status?: "enabled" | "disabled" | undefined;
};

const cancelPending = async (tx: Db, webhookId: string): Promise<void> => {
  await tx.$executeRaw`
    UPDATE webhook_deliveries SET state = 'canceled', lease_token = NULL, lease_until = NULL
    WHERE webhook_id = ${webhookId}::uuid AND state = 'pending'`;
};

/** Changes what is named; disabling cancels what is pending. `versions: null` takes any. Null: not there, or another version. */
export const updateWebhook = (
  db: PrismaClient,
  { id, userId, versions }: OwnedWebhook & { versions: readonly number[] | null },
  { url, description, events, status }: WebhookChanges,
): Promise<WebhookRow | null> =>
  db.$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<WebhookRow[]>`
      UPDATE webhooks SET url = coalesce(${url ?? null}, url),
        description = CASE WHEN ${description !== undefined} THEN ${description ?? null} ELSE description END,
        events = coalesce(${events === undefined ? null : [...events]}::text[], events),
        disabled_reason = CASE coalesce(${status ?? null}, status::text)
          WHEN 'disabled' THEN coalesce(disabled_reason, 'requested') END,
        status = coalesce(${status ?? null}::"WebhookStatus", status), version = version + 1, updated_at = clock_timestamp()
      WHERE id = ${id}::uuid AND user_id = ${userId}::uuid
        AND (${versions === null} OR version = ANY(${[...(versions ?? [])]}::int[]))
      RETURNING ${COLUMNS}`;
    if (row?.status === "disabled") await cancelPending(tx, id);
    return row ?? null;
  });

/** The receiver wants no more: nothing is sent until its owner enables it again. */
export const disableGoneWebhook = (db: PrismaClient, id: string): Promise<void> =>
  db.$transaction(async (tx) => {
    await tx.$executeRaw`
      UPDATE webhooks SET status = 'disabled', disabled_reason = 'gone', version = version + 1, updated_at = clock_timestamp()
      WHERE id = ${id}::uuid AND status = 'enabled'`;
    await cancelPending(tx, id);
  });

/** Sets a new secret; the one before signs too for 24 hours. Null where the user has no such webhook. */
export const rotateWebhookSecret = async (
  db: Db,
  { id, userId }: OwnedWebhook,
  secret: string,
): Promise<WebhookRow | null> => {
  const [row] = await db.$queryRaw<WebhookRow[]>`
    UPDATE webhooks SET previous_secret = secret, previous_until = now() + ${ROTATION_MS} * interval '1 ms',
      secret = ${secret}, version = version + 1, updated_at = clock_timestamp()
    WHERE id = ${id}::uuid AND user_id = ${userId}::uuid
    RETURNING ${COLUMNS}`;
  return row ?? null;
};

/** False if the user has no such webhook. */
export const deleteWebhook = async (db: Db, where: OwnedWebhook): Promise<boolean> => {
  const { count } = await db.webhook.deleteMany({ where });
  return count > 0;
};
