import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { startEmbeddedPostgres } from "../../packages/db/src/embedded-postgres.ts";
import { spawnRedis, unpackedRedis } from "../../test/redis-server.ts";
import { Failure, isInstalled } from "./programs.ts";

export type Stores = { databaseUrl: string; redisUrl: string; stop(): Promise<void> };

const DATABASE = "phonoscene";

/** A PostgreSQL and a Redis of our own, on this machine's loopback and free ports; both go without a trace. */
export const startStores = async (cacheDir: string): Promise<Stores> => {
  const redis = (await isInstalled("redis-server"))
    ? await spawnRedis("redis-server")
    : await unpackedRedis(path.join(cacheDir, "redis"));
  if (redis === null)
    throw new Failure("The images need a Redis, and none is here: apt-get install --yes redis-server");
  try {
    const dataDir = await mkdtemp(path.join(tmpdir(), "phonoscene-images-"));
    const postgres = await startEmbeddedPostgres({ dataDir, ephemeral: true });
    const stop = async (): Promise<void> => {
      await postgres.stop();
      await redis.stop();
    };
    await postgres.ensureDatabase(DATABASE);
    return { databaseUrl: postgres.url(DATABASE), redisUrl: redis.url, stop };
  } catch (error) {
    await redis.stop();
    throw error;
  }
};
