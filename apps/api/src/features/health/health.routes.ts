import { getHealth, getReadiness } from "@phonoscene/contracts";
import type { Database } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";
import type { QueueBackend } from "@phonoscene/queue";

import { endpoint, type Route } from "../../http/endpoint.ts";

type Dependencies = { database: Database; backend: Pick<QueueBackend, "kind" | "ping"> };

export const healthRoutes = ({ database, backend }: Dependencies): Route[] => [
  endpoint(getHealth, async () => ({ status: "ok" as const })),

  endpoint(getReadiness, async () => {
    try {
      await Promise.all([database.ping(), backend.ping()]);
    } catch (cause) {
      const detail = cause instanceof AppError ? cause.message : "The database does not answer.";
      throw new AppError("service/unavailable", { detail, retryAfterMs: 2000 }, { cause });
    }
    return { status: "ready" as const, database: "ok" as const, queue: backend.kind };
  }),
];
