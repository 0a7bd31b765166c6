import { execFileSync } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

import { openDatabase } from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";
import { createAddressPolicy, createOutboundClient } from "@phonoscene/outbound";
import { openLocalDisk } from "@phonoscene/storage";
import { useDatabase, useTempDirs } from "@phonoscene/testing";
import { expect, it, onTestFinished } from "vitest";

import { downloadAudio } from "./download-audio.ts";

const databaseOf = useDatabase();
const newDir = useTempDirs();
const MB = 1024 ** 2;

/** Whether a disk of a megabyte could be put there: as root, on Linux. */
const mountSmallDisk = (dir: string): boolean => {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${MB}`, "tmpfs", dir], { stdio: "ignore" });
  } catch {
    return false;
  }
  onTestFinished(() => void execFileSync("umount", ["-l", dir]));
  return true;
};

it("a disk that is full by a download is the task's failure by name, may be tried again, and keeps nothing", async (context) => {
  const dir = await newDir();
  const incoming = path.join(dir, "incoming");
  await mkdir(incoming);
  if (!mountSmallDisk(incoming)) context.skip("this process may not mount a small disk: run as root on Linux");
  const server = createServer((_request, response) => void response.end(Buffer.alloc(2 * MB, "ID3")));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const database = openDatabase({ url: databaseOf.url, poolSize: 1, onPoolError: () => expect.unreachable() });
  onTestFinished(() => database.close());
  const outbound = createOutboundClient({ isAllowed: createAddressPolicy(["127.0.0.0/8"]) });
  const downloaded = downloadAudio(
    { database, outbound, storage: await openLocalDisk(dir) },
    {
      claim: { taskId: newId(), token: newId() },
      // A server that listens on an address has one of this shape.
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/long.mp3`,
      onProgress: () => undefined,
      signal: AbortSignal.timeout(10_000),
    },
  );
  await expect(downloaded).rejects.toMatchObject({ code: "storage_full", retryable: true });
  expect(await readdir(incoming)).toEqual([]);
});
