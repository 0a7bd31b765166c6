import { z } from "zod";

import { defineEndpoint } from "./endpoint.ts";
import { IfMatchHeader } from "./if-match.ts";
import { PageQuery } from "./sessions.ts";
import {
  CreateWebhook,
  DELIVERY_STATES,
  MAX_WEBHOOKS,
  NewWebhook,
  UpdateWebhook,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryDetail,
  WebhookDeliveryList,
  WebhookList,
} from "./webhooks.ts";

const tag = "Webhooks";
const WebhookParams = z.strictObject({ id: z.uuid() });
const DeliveryParams = z.strictObject({ id: z.uuid(), deliveryId: z.uuid() });

export const createWebhook = defineEndpoint({
  method: "post",
  path: "/v1/webhooks",
  operationId: "createWebhook",
  summary: "Be told of what happens to tasks",
  description: `Requests follow Standard Webhooks 1.0; the answer holds the secret that signs them. At most ${MAX_WEBHOOKS} an account.`,
  tag,
  auth: "bearer",
  // The answer carries the secret, which is not to be kept.
  takesIdempotencyKey: false,
  body: CreateWebhook,
  status: 201,
  response: NewWebhook,
  problems: ["webhook/too-many"],
});

export const listWebhooks = defineEndpoint({
  method: "get",
  path: "/v1/webhooks",
  operationId: "listWebhooks",
  summary: "The webhooks of the account, newest first, without their secrets",
  description: "`status` tells which are told of events, `disabledReason` why one is not.",
  tag,
  auth: "bearer",
  query: PageQuery,
  status: 200,
  response: WebhookList,
  problems: ["request/invalid", "request/cursor-invalid"],
});

export const getWebhook = defineEndpoint({
  method: "get",
  path: "/v1/webhooks/{id}",
  operationId: "getWebhook",
  summary: "One webhook, without its secret",
  description: "Its `ETag` is for the `If-Match` of a change.",
  tag,
  auth: "bearer",
  params: WebhookParams,
  status: 200,
  response: Webhook,
  problems: ["webhook/not-found"],
});

export const updateWebhook = defineEndpoint({
  method: "patch",
  path: "/v1/webhooks/{id}",
  operationId: "updateWebhook",
  summary: "Change where, of what and whether to tell",
  description: "What is left out stays. Disabling cancels what is not delivered yet; `replay` brings it back.",
  tag,
  auth: "bearer",
  params: WebhookParams,
  body: UpdateWebhook,
  headers: z.object({ "if-match": IfMatchHeader }),
  status: 200,
  response: Webhook,
  problems: ["webhook/not-found", "request/stale"],
});

export const deleteWebhook = defineEndpoint({
  method: "delete",
  path: "/v1/webhooks/{id}",
  operationId: "deleteWebhook",
  summary: "Delete a webhook with its deliveries; nothing more is sent",
  description: "A request under way is not called back.",
  tag,
  auth: "bearer",
  params: WebhookParams,
  status: 204,
  problems: ["webhook/not-found"],
});

export const rotateWebhookSecret = defineEndpoint({
  method: "post",
  path: "/v1/webhooks/{id}/rotate-secret",
  operationId: "rotateWebhookSecret",
  summary: "Get a new secret; the one before signs too for 24 hours",
  description: "Rotating again within the 24 hours ends the older of the two at once.",
  tag,
  auth: "bearer",
  takesIdempotencyKey: false,
  params: WebhookParams,
  status: 200,
  response: NewWebhook,
  problems: ["webhook/not-found"],
});

export const testWebhook = defineEndpoint({
  method: "post",
  path: "/v1/webhooks/{id}/test",
  operationId: "testWebhook",
  summary: "Send a `webhook.test` event",
  description: "It goes the way of all events: signed, tried again, and listed among the deliveries.",
  tag,
  auth: "bearer",
  params: WebhookParams,
  status: 202,
  response: WebhookDelivery,
  problems: ["webhook/not-found", "webhook/disabled"],
});

export const listWebhookDeliveries = defineEndpoint({
  method: "get",
  path: "/v1/webhooks/{id}/deliveries",
  operationId: "listWebhookDeliveries",
  summary: "What was sent or will be, newest first; kept for 30 days",
  description: "`state` picks one of the four. Deliveries of a task that is deleted go with it.",
  tag,
  auth: "bearer",
  params: WebhookParams,
  query: PageQuery.extend({ state: z.enum(DELIVERY_STATES).optional() }),
  status: 200,
  response: WebhookDeliveryList,
  problems: ["webhook/not-found", "request/cursor-invalid"],
});

export const getWebhookDelivery = defineEndpoint({
  method: "get",
  path: "/v1/webhooks/{id}/deliveries/{deliveryId}",
  operationId: "getWebhookDelivery",
  summary: "One delivery with its attempts",
  description: "When each was made, how long it took, and how the answer began.",
  tag,
  auth: "bearer",
  params: DeliveryParams,
  status: 200,
  response: WebhookDeliveryDetail,
  problems: ["webhook/delivery-not-found"],
});

export const replayWebhookDelivery = defineEndpoint({
  method: "post",
  path: "/v1/webhooks/{id}/deliveries/{deliveryId}/replay",
  operationId: "replayWebhookDelivery",
  summary: "Send it again now, with all attempts to come",
  description: "Under the same `webhook-id`: a receiver that has seen it may pass it over.",
  tag,
  auth: "bearer",
  params: DeliveryParams,
  status: 202,
  response: WebhookDelivery,
  problems: ["webhook/delivery-not-found", "webhook/disabled"],
});

export const WEBHOOK_ENDPOINTS = [
  createWebhook,
  listWebhooks,
  getWebhook,
  updateWebhook,
  deleteWebhook,
  rotateWebhookSecret,
  testWebhook,
  listWebhookDeliveries,
  getWebhookDelivery,
  replayWebhookDelivery,
] as const;
