export { webhookRoutes } from "./webhooks.routes.ts";
export { toWebhookView } from "./webhooks.view.ts";
