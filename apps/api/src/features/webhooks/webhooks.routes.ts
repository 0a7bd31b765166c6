import { randomBytes } from "node:crypto";

import * as contracts from "@phonoscene/contracts";
import {
  createWebhook,
  type Database,
  deleteWebhook,
  findWebhook,
  listWebhooks,
  rotateWebhookSecret,
  updateWebhook,
  type WebhookRow,
} from "@phonoscene/db";
import { AppError, decodeCursor } from "@phonoscene/kernel";
import type { AddressPolicy } from "@phonoscene/outbound";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { etagOf, versionOfIfMatch } from "../../http/etag.ts";
import { toPage } from "../accounts/index.ts";
import { deliveryRoutes } from "./deliveries.routes.ts";
import { checkWebhookUrl, webhookNotFound } from "./webhook-faults.ts";
import { toWebhookView } from "./webhooks.view.ts";

type Dependencies = { database: Database; isAllowedAddress: AddressPolicy };

type Answering = { setHeader(name: string, value: string): void };

const newSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

const answer = (row: WebhookRow | null, { setHeader }: Answering) => {
  if (row === null) throw webhookNotFound();
  setHeader("ETag", etagOf(row));
  return toWebhookView(row);
};

const updateRoute = ({ database: { db }, isAllowedAddress }: Dependencies): Route =>
  endpoint(contracts.updateWebhook, async (input) => {
    const { user, params, body, header } = input;
    if (body.url !== undefined) checkWebhookUrl(body.url, isAllowedAddress);
    const owned = { id: params.id, userId: user.id };
    const version = versionOfIfMatch(header("if-match"));
    const row = await updateWebhook(db, { ...owned, versions: version === undefined ? null : [version] }, body);
    if (row !== null) return answer(row, input);
    const current = answer(await findWebhook(db, owned), input);
    const detail = `The webhook has changed: it is at version ${current.version} now. Look at it, and send the change again.`;
    throw new AppError("request/stale", { detail, current });
  });

const secretRoutes = ({ database: { db }, isAllowedAddress }: Dependencies): Route[] => [
  endpoint(contracts.createWebhook, async (input) => {
    const { user, body, setHeader } = input;
    checkWebhookUrl(body.url, isAllowedAddress);
    const secret = newSecret();
    const row = await createWebhook(db, { ...body, userId: user.id, secret }, contracts.MAX_WEBHOOKS);
    if (row === null) {
      const detail = `An account has at most ${contracts.MAX_WEBHOOKS} webhooks: delete one, or change one.`;
      throw new AppError("webhook/too-many", { detail });
    }
    setHeader("Location", `/v1/webhooks/${row.id}`);
    return { ...answer(row, input), secret };
  }),

  endpoint(contracts.rotateWebhookSecret, async (input) => {
    const secret = newSecret();
    const row = await rotateWebhookSecret(db, { id: input.params.id, userId: input.user.id }, secret);
    return { ...answer(row, input), secret };
  }),
];

export const webhookRoutes = (deps: Dependencies): Route[] => {
  const { db } = deps.database;
  return [
    ...secretRoutes(deps),
    updateRoute(deps),

    endpoint(contracts.listWebhooks, async ({ user, query: { limit, cursor } }) => {
      const after = cursor === undefined ? null : decodeCursor(cursor);
      const { data, ...page } = toPage(await listWebhooks(db, user.id, { limit, after }), limit);
      return { ...page, data: data.map(toWebhookView) };
    }),

    endpoint(contracts.getWebhook, async (input) =>
      answer(await findWebhook(db, { id: input.params.id, userId: input.user.id }), input),
    ),

    endpoint(contracts.deleteWebhook, async ({ user, params }) => {
      if (!(await deleteWebhook(db, { id: params.id, userId: user.id }))) throw webhookNotFound();
      return undefined;
    }),

    ...deliveryRoutes(deps.database),
  ];
};
