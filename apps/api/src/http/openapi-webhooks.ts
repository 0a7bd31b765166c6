import type { RouteConfig } from "@asteasolutions/zod-to-openapi";
import { WEBHOOK_EVENTS, WebhookMessage } from "@phonoscene/contracts";
import { z } from "zod";

const headers = z.object({
  "webhook-id": z.string().max(200).meta({ description: "The same in every attempt: pass over what was seen before" }),
  "webhook-timestamp": z.string().max(20).meta({ description: "Seconds since 1970, of this attempt" }),
  "webhook-signature": z.string().max(1000).meta({
    description:
      "`v1,` and the base64 HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}`; two, separated by a space, while the secret rotates",
  }),
});

const SUMMARIES: Record<(typeof WEBHOOK_EVENTS)[number], string> = {
  "task.transcribed": "The recording was heard; prompts come next",
  "task.completed": "The storyboard is there",
  "task.failed": "The task failed; `data.error` says why",
  "task.canceled": "The task was canceled; `data.cancelReason` says why",
};

const toWebhook = (type: (typeof WEBHOOK_EVENTS)[number]): RouteConfig => ({
  method: "post",
  path: type,
  operationId: type.replace(/[.](\w)/, (_dot, letter: string) => letter.toUpperCase()),
  summary: SUMMARIES[type],
  description:
    "Sent to each webhook that listens to it, until an answer of 200 to 299, a 410, or the end of the schedule.",
  tags: ["Webhooks"],
  security: [],
  request: { headers, body: { required: true, content: { "application/json": { schema: WebhookMessage } } } },
  responses: { 200: { description: "Received: any status from 200 to 299" } },
});

/** What this service sends, for the document's `webhooks`. */
export const OUTGOING: readonly RouteConfig[] = WEBHOOK_EVENTS.map(toWebhook);
