import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll } from "vitest";

/** Gives out empty folders, and removes all of them after the last test of the file or `describe` that calls this. */
export const useTempDirs = (): (() => Promise<string>) => {
  const made: string[] = [];
  afterAll(async () => {
    await Promise.all(made.map((path) => rm(path, { recursive: true, force: true, maxRetries: 5 })));
  });
  return async () => {
    const path = await mkdtemp(join(tmpdir(), "phonoscene-test-"));
    made.push(path);
    return path;
  };
};
