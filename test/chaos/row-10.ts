import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { SECOND } from "../../packages/kernel/src/index.ts";
import { logIn } from "./account.ts";
import { createRandom, type Random } from "./random.ts";
import type { Row } from "./row.ts";
import { until } from "./tally.ts";
import { sendUpload } from "./uploads.ts";
import { type World, withWorld } from "./world.ts";

const run = promisify(execFile);

const MB = 1024 ** 2;
const DISK_BYTES = 20 * MB;
const SMALL_BYTES = 100_000;

const mount = (dir: string): Promise<unknown> =>
  run("mount", ["-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "tmpfs", dir]);

/** Null where this process may mount, else why it may not. */
const mountFault = async (): Promise<string | null> => {
  const dir = await mkdtemp(join(tmpdir(), "phonoscene-chaos-mount-"));
  try {
    await mount(dir);
    await run("umount", [dir]);
    return null;
  } catch {
    return "this process may not mount a small disk: run as root on Linux";
  } finally {
    await rmdir(dir);
  }
};

const filesUnder = async (dir: string): Promise<string[]> => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
};

/** Fills the disk up to a random rest, uploads more than that, and then, with room again, what fits. */
const fillAndUpload = async (world: World, { token, random }: { token: string; random: Random }): Promise<void> => {
  const { dataDir, firstApi } = world;
  const audioDir = join(dataDir, "audio");
  const before = await filesUnder(audioDir);
  const filler = join(dataDir, "filler");
  const roomBytes = random.whole(0, DISK_BYTES - 2 * MB);
  await writeFile(filler, Buffer.alloc(DISK_BYTES - 2 * MB - roomBytes));
  const path = random.pick(["/v1/tasks", "/v1/audio"] as const);
  const upload = { port: firstApi.port, path, token };
  const refused = await sendUpload({ ...upload, sizeBytes: roomBytes + 3 * MB });
  await rm(filler);
  if (refused?.status !== 507 || refused.code !== "storage/full")
    throw new Error(`a full disk was answered ${refused?.status ?? "with a broken connection"} ${refused?.code ?? ""}`);
  await until("what was received of it is gone", 5 * SECOND, async () =>
    (await filesUnder(audioDir)).every((name) => before.includes(name)) ? true : null,
  );
  const taken = await sendUpload({ ...upload, path: "/v1/audio", sizeBytes: SMALL_BYTES });
  if (taken?.status !== 201) throw new Error(`with room again an upload was answered ${taken?.status ?? "not at all"}`);
  const gone = await world.api.send(`/v1/audio/${taken.id}`, { method: "DELETE" });
  if (gone.status !== 204) throw new Error(`deleting it was answered ${gone.status}`);
};

const useSmallDisk = async (world: World, work: () => Promise<void>): Promise<void> => {
  const { dataDir } = world;
  await mount(dataDir);
  try {
    // The API made these before the disk was put over them.
    for (const name of ["incoming", "stored"]) await mkdir(join(dataDir, "audio", name), { recursive: true });
    await work();
  } finally {
    await run("umount", ["-l", dataDir]);
  }
};

export const row10: Row = {
  number: 10,
  promise: "a full disk is a clean 507",
  backends: ["postgres"],
  trials: { full: 30, short: 3 },
  run: async (context) => {
    const skipped = await mountFault();
    if (skipped !== null) return { trials: 0, failures: [], slowestRecoveryMs: null, skipped };
    return withWorld(context, {}, (world, tally) =>
      useSmallDisk(world, async () => {
        const token = await logIn(`http://127.0.0.1:${world.firstApi.port}`);
        const worker = await world.start("worker");
        const tools = { token, random: createRandom(context.seed) };
        for (let trial = 0; trial < context.trials; trial += 1) await tally.trial(() => fillAndUpload(world, tools));
        const { rows } = await world.client.query("SELECT FROM audio");
        if (rows.length > 0) tally.fail(`${rows.length} recordings have rows that nobody was told of`);
        await until("nothing is stored any more", 20 * SECOND, async () =>
          (await filesUnder(join(world.dataDir, "audio"))).length === 0 ? true : null,
        );
        await worker.stop();
      }),
    );
  },
};
