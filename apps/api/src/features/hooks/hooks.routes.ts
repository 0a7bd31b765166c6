import { assemblyAiHook, PROVIDER_HOOK_HEADER } from "@phonoscene/contracts";
import { type Database, noteProviderReady } from "@phonoscene/db";
import { AppError, type ProviderHooks } from "@phonoscene/kernel";
import type { Relay } from "@phonoscene/queue";

import { endpoint, type Route } from "../../http/endpoint.ts";

type Dependencies = { database: Database; relay: Pick<Relay, "wake">; providerHooks: ProviderHooks | null };

const refused = (): AppError =>
  new AppError("hook/refused", {
    detail:
      "The address or the header is not one that this service gave out. Every process needs the same PROVIDER_HOOK_SECRET.",
  });

/**
 * Calls of providers. A call is a hint: the worker asks the provider before it believes anything, so one that is forged,
 * replayed or late costs one question at most.
 */
export const hookRoutes = ({ database, relay, providerHooks }: Dependencies): Route[] => [
  endpoint(assemblyAiHook, async ({ params, body, header, logger }) => {
    const call = { token: params.hookId, header: header(PROVIDER_HOOK_HEADER) ?? "" };
    const taskId = providerHooks?.verify(call) ?? null;
    if (taskId === null) throw refused();
    const job = { taskId, provider: "assemblyai", providerJobId: body.transcript_id };
    const isNews = await noteProviderReady(database.db, job);
    logger.info({ taskId, isNews }, "a provider called");
    if (isNews) relay.wake();
    return undefined;
  }),
];
