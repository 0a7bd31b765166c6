import {
  getWebhookDelivery,
  listWebhookDeliveries,
  replayWebhookDelivery,
  TEST_EVENT,
  testWebhook,
} from "@phonoscene/contracts";
import {
  createTestDelivery,
  type Database,
  type DeliveryRow,
  findDelivery,
  findWebhook,
  listAttempts,
  listDeliveries,
  type OwnedDelivery,
  replayDelivery,
} from "@phonoscene/db";
import { decodeCursor } from "@phonoscene/kernel";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { toPage } from "../accounts/index.ts";
import { deliveryNotFound, webhookDisabled, webhookNotFound } from "./webhook-faults.ts";
import { toDeliveryView } from "./webhooks.view.ts";

type PathAndUser = { params: { id: string; deliveryId: string }; user: { id: string } };

const keyOf = ({ params, user }: PathAndUser): OwnedDelivery => ({ ...params, userId: user.id });

const readDelivery = async (db: Database["db"], key: OwnedDelivery): Promise<DeliveryRow> => {
  const row = await findDelivery(db, key);
  if (row === null) throw deliveryNotFound();
  return row;
};

const testBody = (webhookId: string): string =>
  JSON.stringify({ type: TEST_EVENT, timestamp: new Date().toISOString(), data: { object: "webhook", id: webhookId } });

const sendingRoutes = ({ db }: Database): Route[] => [
  endpoint(testWebhook, async ({ user, params: { id } }) => {
    const webhook = { id, userId: user.id };
    const deliveryId = await createTestDelivery(db, webhook, { type: TEST_EVENT, body: testBody(id) });
    if (deliveryId !== null) return toDeliveryView(await readDelivery(db, { ...webhook, deliveryId }));
    throw (await findWebhook(db, webhook)) === null ? webhookNotFound() : webhookDisabled();
  }),

  endpoint(replayWebhookDelivery, async (input) => {
    const key = keyOf(input);
    const isReplayed = await replayDelivery(db, key);
    const row = await readDelivery(db, key);
    if (!isReplayed) throw webhookDisabled();
    return toDeliveryView(row);
  }),
];

export const deliveryRoutes = (database: Database): Route[] => {
  const { db } = database;
  return [
    ...sendingRoutes(database),

    endpoint(listWebhookDeliveries, async ({ user, params, query: { limit, cursor, state } }) => {
      const webhook = { id: params.id, userId: user.id };
      if ((await findWebhook(db, webhook)) === null) throw webhookNotFound();
      const after = cursor === undefined ? null : decodeCursor(cursor);
      const { data, ...page } = toPage(await listDeliveries(db, webhook, { state, limit, after }), limit);
      return { ...page, data: data.map(toDeliveryView) };
    }),

    endpoint(getWebhookDelivery, async (input) => {
      const row = await readDelivery(db, keyOf(input));
      const attempts = await listAttempts(db, row.id);
      return {
        ...toDeliveryView(row),
        attempts: attempts.map(({ createdAt, status, error, durationMs, excerpt }) => {
          const at = createdAt.toISOString();
          return { at, status, error, durationMs, responseExcerpt: excerpt };
        }),
      };
    }),
  ];
};
