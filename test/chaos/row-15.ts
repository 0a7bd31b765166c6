import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { SECOND } from "../../packages/kernel/src/index.ts";
import type { ServiceProcess } from "./processes.ts";
import { BOTH, type Row } from "./row.ts";
import { type Tally, until } from "./tally.ts";
import { ensureWebhook, sendToWebhooks } from "./webhook.ts";
import { type World, withWorld } from "./world.ts";

const SOON_MS = 45 * SECOND;

/** How the receiver answers the first attempt; all later ones are taken. `kill`: taken, and the dispatcher dies before it is written down. */
const FAULTS = ["kill", 500, 429, 302, "hang", "reset", 410] as const;
type Fault = (typeof FAULTS)[number];

type Receiver = {
  url: string;
  /** How often each message was taken, by its webhook-id. */
  taken: Map<string, number>;
  misbehave(fault: Fault): void;
  close(): Promise<void>;
};

const answerWith = (fault: Fault, request: IncomingMessage, response: ServerResponse): void => {
  if (fault === "reset") request.socket.destroy();
  else if (fault === 429) response.writeHead(429, { "retry-after": "1" }).end();
  else if (fault === 302) response.writeHead(302, { location: "/elsewhere" }).end();
  else if (typeof fault === "number") response.writeHead(fault).end();
};

const startReceiver = async (): Promise<Receiver> => {
  const taken = new Map<string, number>();
  let next: Fault | null = null;
  const server = createServer((request, response) => {
    request.resume().once("end", () => {
      const fault = next;
      next = null;
      if (fault !== null && fault !== "kill") return answerWith(fault, request, response);
      const id = String(request.headers["webhook-id"]);
      taken.set(id, (taken.get(id) ?? 0) + 1);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A listening server has a port.");
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    taken,
    misbehave: (fault) => void (next = fault),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

type Delivery = { id: string; eventId: string; state: string; attempts: number };

const deliveryOf = async ({ client }: World, taskId: string): Promise<Delivery | null> => {
  const { rows } = await client.query<Delivery>(
    `SELECT d.id, d.event_id AS "eventId", d.state::text, (
        SELECT count(*)::int FROM webhook_attempts a WHERE a.delivery_id = d.id) AS attempts
      FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id WHERE e.task_id = $1`,
    [taskId],
  );
  return rows[0] ?? null;
};

/** The schedule's next place is minutes or hours away: here it is now. */
const hurry = ({ client }: World): Promise<unknown> =>
  client.query("UPDATE webhook_deliveries SET next_attempt_at = now() WHERE state = 'pending' AND lease_until IS NULL");

/** Nobody holds the dead dispatcher's leases any more: the short form does not wait until they are over. */
const endLeases = async ({ client }: World): Promise<void> => {
  await client.query("UPDATE webhook_deliveries SET lease_until = now() WHERE lease_until > now()");
  await client.query("UPDATE leases SET until = now() WHERE name = 'upkeep'");
};

type Scene = {
  world: World;
  receiver: Receiver;
  webhookId: string;
  dispatcher: { process: ServiceProcess };
  isShort: boolean;
};

/** Waits for the first attempt's end: written down, or its process dead. */
const untilFailed = async ({ world, dispatcher }: Scene, taskId: string, fault: Fault): Promise<void> => {
  await until(`a first attempt that meets ${fault}`, SOON_MS, async () => {
    if (fault === "kill") return dispatcher.process.isRunning() ? null : true;
    return ((await deliveryOf(world, taskId))?.attempts ?? 0) > 0 ? true : null;
  });
};

const tellOnce = async (scene: Scene, fault: Fault, tally: Tally): Promise<void> => {
  const { world, receiver, webhookId, dispatcher } = scene;
  receiver.misbehave(fault);
  if (fault === "kill") await dispatcher.process.arm("webhook/sent");
  const { id } = await world.api.createText();
  if (id === null) throw new Error("a text was not accepted");
  await untilFailed(scene, id, fault);
  const failedAt = performance.now();
  if (fault === "kill" && scene.isShort) await endLeases(world);
  if (fault === "kill") dispatcher.process = await world.start("worker");
  if (fault === 410) {
    await sendToWebhooks(world, `/${webhookId}`, { method: "PATCH", body: JSON.stringify({ status: "enabled" }) });
    const gone = await deliveryOf(world, id);
    await sendToWebhooks(world, `/${webhookId}/deliveries/${gone?.id}/replay`, { method: "POST" });
  }
  const delivery = await until(`a delivery after ${fault}`, SOON_MS, async () => {
    await hurry(world);
    const found = await deliveryOf(world, id);
    return found?.state === "delivered" ? found : null;
  });
  tally.recovered(performance.now() - failedAt);
  const times = receiver.taken.get(`msg_${delivery.eventId.replaceAll("-", "")}`) ?? 0;
  if (times < (fault === "kill" ? 2 : 1))
    throw new Error(`after ${fault} the receiver took the message ${times} times`);
};

export const row15: Row = {
  number: 15,
  promise: "webhooks arrive at least once",
  backends: BOTH,
  trials: { full: 100, short: 2 },
  run: (context) =>
    withWorld(context, { answerMs: 5 }, async (world, tally) => {
      const receiver = await startReceiver();
      try {
        const webhookId = await ensureWebhook(world, receiver.url);
        const dispatcher = { process: await world.start("worker") };
        const scene = { world, receiver, webhookId, dispatcher, isShort: context.trials < FAULTS.length };
        for (let trial = 0; trial < context.trials; trial += 1) {
          // Every other one kills the dispatcher.
          const fault = trial % 2 === 0 ? "kill" : (FAULTS[1 + (((trial - 1) / 2) % (FAULTS.length - 1))] ?? 500);
          await tally.trial(() => tellOnce(scene, fault, tally));
        }
      } finally {
        await receiver.close();
      }
    }),
};
