import { type Cursor, newId } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import { Prisma, type PrismaClient, type WebhookAttempt, type WebhookDelivery } from "./generated/client.ts";
import type { OwnedWebhook } from "./webhooks.repo.ts";

const KEPT_DAYS = 30;
const SWEEP_BATCH = 10_000;
const SHOWN_ATTEMPTS = 100;

export type DeliveryRow = Pick<
  WebhookDelivery,
  "id" | "webhookId" | "state" | "attempt" | "nextAttemptAt" | "lastStatus" | "lastError" | "createdAt"
> & { messageId: string; type: string; taskId: string | null };

const COLUMNS = Prisma.sql`d.id, d.webhook_id AS "webhookId", d.state::text AS state, d.attempt,
  d.next_attempt_at AS "nextAttemptAt", d.last_status AS "lastStatus", d.last_error AS "lastError",
  d.created_at AS "createdAt", 'msg_' || replace(e.id::text, '-', '') AS "messageId", e.type, e.task_id AS "taskId"`;

const FROM = Prisma.sql`FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id
  JOIN webhooks w ON w.id = d.webhook_id`;

export type OwnedDelivery = OwnedWebhook & { deliveryId: string };

const ownedBy = ({ id, userId }: OwnedWebhook) =>
  Prisma.sql`d.webhook_id = ${id}::uuid AND w.user_id = ${userId}::uuid`;

export type DeliveryPage = { state?: DeliveryRow["state"] | undefined; limit: number; after: Cursor | null };

/** Newest first; one row more than the limit tells of another page. */
export const listDeliveries = (
  db: Db,
  webhook: OwnedWebhook,
  { state, limit, after }: DeliveryPage,
): Promise<DeliveryRow[]> => {
  const inState = state === undefined ? Prisma.empty : Prisma.sql`AND d.state = ${state}::"WebhookDeliveryState"`;
  const beyond =
    after === null ? Prisma.empty : Prisma.sql`AND (d.created_at, d.id) < (${after.createdAt}, ${after.id}::uuid)`;
  return db.$queryRaw<DeliveryRow[]>`
    SELECT ${COLUMNS} ${FROM} WHERE ${ownedBy(webhook)} ${inState} ${beyond}
    ORDER BY d.created_at DESC, d.id DESC LIMIT ${limit + 1}`;
};

export const findDelivery = async (db: Db, { deliveryId, ...webhook }: OwnedDelivery): Promise<DeliveryRow | null> => {
  const [row] = await db.$queryRaw<DeliveryRow[]>`
    SELECT ${COLUMNS} ${FROM} WHERE ${ownedBy(webhook)} AND d.id = ${deliveryId}::uuid`;
  return row ?? null;
};

/** The newest attempts first. */
export const listAttempts = (db: Db, deliveryId: string): Promise<WebhookAttempt[]> =>
  db.webhookAttempt.findMany({
    where: { deliveryId },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: SHOWN_ATTEMPTS,
  });

/** Makes a delivery due now, with the whole schedule before it. False: there is none, or its webhook is disabled. */
export const replayDelivery = async (db: Db, { id, userId, deliveryId }: OwnedDelivery): Promise<boolean> => {
  const count = await db.$executeRaw`
    UPDATE webhook_deliveries d SET state = 'pending', attempt = 0, next_attempt_at = now()
    FROM webhooks w
    WHERE d.id = ${deliveryId}::uuid AND d.webhook_id = ${id}::uuid AND w.id = d.webhook_id
      AND w.user_id = ${userId}::uuid AND w.status = 'enabled'`;
  return count > 0;
};

/** Asks for one event to one webhook, whatever else it listens to. Resolves to the delivery's id; null as in `replayDelivery`. */
export const createTestDelivery = (
  db: PrismaClient,
  { id, userId }: OwnedWebhook,
  { type, body }: { type: string; body: string },
): Promise<string | null> =>
  db.$transaction(async (tx) => {
    const [webhook] = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM webhooks WHERE id = ${id}::uuid AND user_id = ${userId}::uuid AND status = 'enabled' FOR KEY SHARE`;
    if (webhook === undefined) return null;
    const event = await tx.webhookEvent.create({ data: { id: newId(), webhookId: id, type, body } });
    const delivery = await tx.webhookDelivery.create({ data: { id: newId(), webhookId: id, eventId: event.id } });
    return delivery.id;
  });

/** Removes events older than 30 days with their deliveries and attempts, a batch at most; resolves to how many. */
export const deleteOldWebhookEvents = (db: Db): Promise<number> =>
  db.$executeRaw`
    DELETE FROM webhook_events WHERE id IN (
      SELECT id FROM webhook_events WHERE created_at < now() - ${KEPT_DAYS} * interval '1 day'
      ORDER BY created_at LIMIT ${SWEEP_BATCH})`;
