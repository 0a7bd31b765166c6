import type { Webhook as WebhookView, WebhookDelivery as DeliveryView } from "@phonoscene/contracts";
import type { DeliveryRow, WebhookRow } from "@phonoscene/db";

export const toWebhookView = (row: WebhookRow): WebhookView => ({
  object: "webhook",
  ...row,
  // Only events of the contract were ever stored, and the answer's schema checks them.
  events: row.events as WebhookView["events"],
  previousSecretUntil: row.previousSecretUntil?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

export const toDeliveryView = ({ attempt, ...row }: DeliveryRow): DeliveryView => ({
  object: "webhook.delivery",
  ...row,
  // As with a webhook's events.
  type: row.type as DeliveryView["type"],
  attemptCount: attempt,
  nextAttemptAt: row.state === "pending" ? row.nextAttemptAt.toISOString() : null,
  createdAt: row.createdAt.toISOString(),
});
