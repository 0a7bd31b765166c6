import { expect, test } from "vitest";

import { memoryStore } from "../../test/memory-store.ts";
import { keepChunks } from "./kept-chunks.ts";
import type { HeardChunk } from "./messages.ts";

const HOUR_MS = 3_600_000;

const chunkAt = (startMs: number): HeardChunk => ({
  startMs,
  endMs: startMs + 900,
  segments: [{ startMs, endMs: startMs + 900, text: "Words.", confidence: 0.9 }],
  evidence: [{ tokens: 2, logProbability: -0.1 }],
  language: null,
});

test("what is kept is found as it was, and is not kept once more", async () => {
  const store = memoryStore();
  const first = await keepChunks(store, "one", 0);
  [0, 1000].map(chunkAt).forEach(first.add);
  await first.settled();
  const second = await keepChunks(store, "one", 0);
  expect(second.known).toEqual([chunkAt(0), chunkAt(1000)]);
  [0, 1000, 2000].map(chunkAt).forEach(second.add);
  await second.settled();
  expect(store.saved).toHaveLength(3);
});

test("what another engine heard is of no use", async () => {
  const store = memoryStore();
  const keeper = await keepChunks(store, "one", 0);
  keeper.add(chunkAt(0));
  await keeper.settled();
  expect((await keepChunks(store, "two")).known).toEqual([]);
});

test("rows are written now and then, not for each chunk", async () => {
  const store = memoryStore();
  const keeper = await keepChunks(store, "one", HOUR_MS);
  [0, 1000, 2000].map(chunkAt).forEach(keeper.add);
  await keeper.settled();
  expect(store.saved).toEqual([]);
});

test("a row that cannot be written ends the work with the reason", async () => {
  const lost = new Error("the claim was lost");
  const keeper = await keepChunks({ ...memoryStore(), save: () => Promise.reject(lost) }, "one", 0);
  keeper.add(chunkAt(0));
  await keeper.settled();
  expect(keeper.failed.reason).toBe(lost);
});
