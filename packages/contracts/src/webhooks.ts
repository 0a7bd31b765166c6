import { z } from "zod";

import { Count, DurationMs, MAX_SENTENCE, MAX_WORD, NextCursor, shownList, shownText, Version } from "./bounds.ts";
import { CancelReason } from "./deadlines.ts";
import { storedText } from "./stored-text.ts";
import { Stage, TaskError, TaskStatus } from "./tasks.ts";

/** What a webhook can be told of; closed, like the statuses. */
export const WEBHOOK_EVENTS = ["task.transcribed", "task.completed", "task.failed", "task.canceled"] as const;

/** Those of tests come to every webhook, and only when asked for. */
export const TEST_EVENT = "webhook.test";

export const WebhookStatus = z.enum(["enabled", "disabled"]);

export const DELIVERY_STATES = ["pending", "delivered", "exhausted", "canceled"] as const;
const DeliveryState = z.enum(DELIVERY_STATES).meta({
  description:
    "`exhausted`: no attempt is left. `canceled`: its webhook was disabled before. `replay` starts either anew",
});

export const MAX_WEBHOOKS = 10;

const Url = z.string().min(1).max(MAX_SENTENCE).meta({
  example: "https://example.com/hooks/phonoscene",
  description: "https, a public address, without a user name; redirects are not followed",
});

const EventNames = z
  .array(z.enum(WEBHOOK_EVENTS))
  .min(1)
  .max(WEBHOOK_EVENTS.length)
  .refine((names) => new Set(names).size === names.length, "Name each event once");

const Description = storedText(200).nullable();

export const CreateWebhook = z
  .strictObject({
    url: Url,
    description: Description.default(null),
    events: EventNames.default([...WEBHOOK_EVENTS]),
  })
  .meta({ id: "CreateWebhook", example: { url: "https://example.com/hook", events: ["task.completed"] } });

export const UpdateWebhook = z
  .strictObject({
    url: Url.optional(),
    description: Description.optional(),
    events: EventNames.optional(),
    status: WebhookStatus.optional(),
  })
  .meta({ id: "UpdateWebhook", example: { description: "Renders the pictures", status: "enabled" } });

export const Webhook = z
  .object({
    object: z.literal("webhook"),
    id: z.uuid(),
    url: shownText(MAX_SENTENCE),
    description: shownText(200).nullable(),
    events: shownList(z.enum(WEBHOOK_EVENTS), WEBHOOK_EVENTS.length),
    status: WebhookStatus,
    disabledReason: z.enum(["requested", "gone"]).nullable().meta({
      description: "`gone`: the receiver answered 410",
    }),
    previousSecretUntil: z.iso.datetime().nullable().meta({
      description: "Until then the secret before the last rotation signs too",
    }),
    version: Version,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: "Webhook" });
export type Webhook = z.infer<typeof Webhook>;

export const NewWebhook = Webhook.extend({
  secret: z.string().max(MAX_WORD).meta({ description: "What signs (`whsec_...`): shown now and never again" }),
}).meta({ id: "NewWebhook" });

export const WebhookList = z
  .object({ object: z.literal("list"), data: shownList(Webhook, 100), hasMore: z.boolean(), nextCursor: NextCursor })
  .meta({ id: "WebhookList" });

const EventType = z.enum([...WEBHOOK_EVENTS, TEST_EVENT]);

export const WebhookDelivery = z
  .object({
    object: z.literal("webhook.delivery"),
    id: z.uuid(),
    webhookId: z.uuid(),
    messageId: shownText(MAX_WORD).meta({
      description: "The header `webhook-id`: the same in every attempt",
      example: "msg_0190163d8694739baea5966c26f8ad91",
    }),
    type: EventType,
    taskId: z.uuid().nullable(),
    state: DeliveryState,
    attemptCount: Count.meta({ description: "Since it was made or replayed" }),
    nextAttemptAt: z.iso.datetime().nullable().meta({ description: "Null where none will come" }),
    lastStatus: z.int().min(100).max(999).nullable(),
    lastError: shownText(MAX_SENTENCE).nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "WebhookDelivery" });
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

export const WebhookAttempt = z
  .object({
    at: z.iso.datetime(),
    status: z.int().min(100).max(999).nullable().meta({ description: "Null where no answer came" }),
    error: shownText(MAX_SENTENCE).nullable(),
    durationMs: DurationMs,
    responseExcerpt: shownText(1024).nullable().meta({ description: "The answer's first KiB" }),
  })
  .meta({ id: "WebhookAttempt" });

export const WebhookDeliveryDetail = WebhookDelivery.extend({
  attempts: shownList(WebhookAttempt, 100).meta({ description: "The newest 100, the newest first" }),
}).meta({ id: "WebhookDeliveryDetail" });

export const WebhookDeliveryList = z
  .object({
    object: z.literal("list"),
    data: shownList(WebhookDelivery, 100),
    hasMore: z.boolean(),
    nextCursor: NextCursor,
  })
  .meta({ id: "WebhookDeliveryList" });

/** The body of a request that tells of a task. */
export const WebhookMessage = z
  .object({
    type: z.enum(WEBHOOK_EVENTS),
    timestamp: z.iso.datetime(),
    data: z.object({
      object: z.literal("task.state"),
      id: z.uuid(),
      status: TaskStatus,
      stage: Stage.nullable(),
      // Not `nullable()`: webhooks are met before the named schemas.
      error: z.union([TaskError, z.null()]),
      cancelReason: CancelReason.nullable(),
      version: Version,
    }),
  })
  .meta({ id: "WebhookMessage", description: "Thin on purpose: fetch the task for the rest" });

/** Each after those it is made of. */
export const WEBHOOK_SCHEMAS = [
  CreateWebhook,
  UpdateWebhook,
  Webhook,
  NewWebhook,
  WebhookList,
  WebhookDelivery,
  WebhookAttempt,
  WebhookDeliveryDetail,
  WebhookDeliveryList,
  WebhookMessage,
] as const;
