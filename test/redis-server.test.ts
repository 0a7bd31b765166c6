import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import { useTempDirs } from "../packages/testing/src/index.ts";
import { findRedis, redisAnswers, spawnRedis } from "./redis-server.ts";

const newDir = useTempDirs();
const hasProgram = await promisify(execFile)("redis-server", ["--version"]).then(
  () => true,
  () => false,
);

/** A Redis URL at which a server listens that never says a word. */
const silentServer = async (): Promise<{ url: string; close: () => void }> => {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `redis://127.0.0.1:${port}`, close: () => server.close() };
};

describe("the Redis of the tests", () => {
  it("is not replaced by another when the one that was named does not answer", async () => {
    const { url, close } = await silentServer();
    const search = findRedis({ url, defaultUrl: url, cacheDir: await newDir() });
    await expect(search).rejects.toThrow(/TEST_REDIS_URL is set, and no Redis answers there/);
    close();
  });

  it.runIf(hasProgram)(
    "is one of our own when none answers, and ends with us (skipped without redis-server)",
    async () => {
      const { url, close } = await silentServer();
      const redis = await findRedis({ url: undefined, defaultUrl: url, cacheDir: await newDir() });
      close();
      expect(redis?.source).toMatch(/^redis-server on port/);
      expect(await redisAnswers(redis?.url ?? "")).toBe(true);
      await redis?.stop();
      expect(await redisAnswers(redis?.url ?? "")).toBe(false);
    },
  );

  it.runIf(hasProgram)("is left running when it was there before us (skipped without redis-server)", async () => {
    const before = await spawnRedis("redis-server");
    const found = await findRedis({ url: before.url, defaultUrl: before.url, cacheDir: await newDir() });
    await found?.stop();
    expect(await redisAnswers(before.url)).toBe(true);
    await before.stop();
  });
});
