import { z } from "zod";

import { logIn } from "./account.ts";
import type { World } from "./world.ts";

const Webhook = z.object({ id: z.uuid() });
const List = z.object({ data: z.array(Webhook) });

/** Sends a request to the webhooks of the one user; they take access tokens only. @throws Error unless it went well. */
export const sendToWebhooks = async (world: World, path: string, init: RequestInit = {}): Promise<unknown> => {
  const url = `http://127.0.0.1:${world.balancer.port}`;
  const headers = { authorization: `Bearer ${await logIn(url)}`, "content-type": "application/json" };
  const answer = await fetch(`${url}/v1/webhooks${path}`, { ...init, headers });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`/v1/webhooks${path} answered ${answer.status}: ${text}`);
  return text === "" ? null : JSON.parse(text);
};

/** The id of the user's webhook, which is made at `url` where there is none. */
export const ensureWebhook = async (world: World, url: string): Promise<string> => {
  const [there] = List.parse(await sendToWebhooks(world, "")).data;
  if (there !== undefined) return there.id;
  const body = JSON.stringify({ url, events: ["task.completed"] });
  return Webhook.parse(await sendToWebhooks(world, "", { method: "POST", body })).id;
};
