import { describe } from "vitest";

import { useDatabase } from "./database.ts";
import { redisUrl, uniquePrefix } from "./redis.ts";

/** Where a suite's queue lives, as the configuration of a process tells it. */
export type TestBackend = {
  kind: "postgres" | "redis";
  /** A database of the suite's own; with the queue in it where `kind` is "postgres". */
  database: { readonly url: string };
  /** Null where the queue is in PostgreSQL. */
  redisUrl: string | null;
  prefix: string;
};

/** Runs the same tests with the queue in PostgreSQL and in Redis; the second is skipped where there is no Redis. */
export const describeOnBackends = (name: string, suite: (backend: TestBackend) => void): void => {
  describe(`${name}, on PostgreSQL`, () => {
    suite({ kind: "postgres", database: useDatabase(), redisUrl: null, prefix: uniquePrefix() });
  });
  const url = redisUrl();
  const reason = url === null ? " (skipped: no Redis was found)" : "";
  describe.skipIf(url === null)(`${name}, on Redis${reason}`, () => {
    suite({ kind: "redis", database: useDatabase(), redisUrl: url, prefix: uniquePrefix() });
  });
};
