import { useDatabase } from "@phonoscene/testing";
import { afterAll, beforeAll } from "vitest";

import { type ApiWorld, type ApiWorldOverrides, startApiWorld } from "./test-world.ts";

/** A world for all tests of a file, with a database of its own; it is there once the file's `beforeAll` hooks run. */
export const useApiWorld = (overrides: ApiWorldOverrides = {}): ApiWorld => {
  const database = useDatabase();
  let started: ApiWorld | undefined;
  const world = (): ApiWorld => {
    if (started === undefined) throw new Error("the world starts in beforeAll: use it in hooks and tests only");
    return started;
  };
  beforeAll(async () => {
    started = await startApiWorld(database.url, overrides);
  });
  afterAll(() => started?.close());
  return {
    get url() {
      return world().url;
    },
    get databaseUrl() {
      return world().databaseUrl;
    },
    get database() {
      return world().database;
    },
    jobs: (queue) => world().jobs(queue),
    files: () => world().files(),
    request: (path, init) => world().request(path, init),
    newUser: (email) => world().newUser(email),
    beginStop: () => world().beginStop(),
    close: () => world().close(),
  };
};
