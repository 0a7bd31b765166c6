import { utimes, writeFile } from "node:fs/promises";
import path from "node:path";

import { useTempDirs } from "@phonoscene/testing";
import { expect, it } from "vitest";

import { type AudioStorage, openLocalDisk } from "./local-disk.ts";

const newDir = useTempDirs();

const HOUR = 3_600_000;
const age = async (file: string, ms: number): Promise<void> => {
  const then = new Date(Date.now() - ms);
  await utimes(file, then, then);
};

const receive = async (storage: AudioStorage, name: string): Promise<string> => {
  const file = path.join(storage.incomingDir, name);
  await writeFile(file, "sound");
  return file;
};

it("a received file becomes a stored one, and deleting it twice is fine", async () => {
  const storage = await openLocalDisk(await newDir());
  await storage.adopt(await receive(storage, "upload"), "a.wav");
  await age(storage.localPath("a.wav"), HOUR);
  expect(await storage.keysOlderThan(HOUR / 2)).toEqual(["a.wav"]);
  await storage.delete("a.wav");
  await storage.delete("a.wav");
  expect(await storage.keysOlderThan(0)).toEqual([]);
});

it("the sweep takes uploads that never finished and leaves the ones under way", async () => {
  const storage = await openLocalDisk(await newDir());
  await age(await receive(storage, "old"), 3 * HOUR);
  await receive(storage, "new");
  expect(await storage.sweepIncoming(2 * HOUR)).toBe(1);
  expect(await storage.sweepIncoming(2 * HOUR)).toBe(0);
  expect(await storage.sweepIncoming(0)).toBe(1);
});

it.each(["../escape", "/etc/passwd", "a/b", "", ".hidden", "A.wav"])("%j is no key of ours", async (key) => {
  const storage = await openLocalDisk(await newDir());
  expect(() => storage.localPath(key)).toThrow("not one of ours");
});
