import { statfsSync } from "node:fs";
import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";

import { HOUR, SECOND } from "../../packages/kernel/src/index.ts";
import { logIn } from "./account.ts";
import { inLanes } from "./fleet.ts";
import { createRandom, type Random } from "./random.ts";
import type { Row } from "./row.ts";
import { type Tally, until } from "./tally.ts";
import { openDescriptors, residentBytes, sendUpload } from "./uploads.ts";
import { type World, withWorld } from "./world.ts";

const FULL = 200;
const LANES = 4;
const MB = 1024 ** 2;
/** A megabyte short of the limit. */
const LONGEST_BYTES = 2 * 1024 ** 3 - MB;
const MAX_GROWTH_BYTES = 64 * MB;
const SAMPLE_EVERY_MS = 50;
/** Connections of pools that come and go by themselves. */
const SPARE_DESCRIPTORS = 8;

type Trials = { world: World; tally: Tally; random: Random; token: string };

const incomingDir = ({ dataDir }: World): string => join(dataDir, "audio", "incoming");

const breakOff = async ({ world, random, token }: Trials, atFraction: number): Promise<void> => {
  const answer = await sendUpload({
    port: world.firstApi.port,
    path: random.pick(["/v1/tasks", "/v1/audio"]),
    token,
    sizeBytes: random.whole(1, 3 * MB) + 100,
    breakOff: { atFraction, by: random.pick(["reset", "close"]) },
  });
  if (answer !== null && answer.status < 400) throw new Error(`an upload in part was answered ${answer.status}`);
};

/** Makes what is left old enough, and has a worker sweep it. */
const sweep = async (world: World): Promise<void> => {
  const dir = incomingDir(world);
  const longAgo = new Date(Date.now() - 3 * HOUR);
  for (const name of await readdir(dir)) await utimes(join(dir, name), longAgo, longAgo);
  await world.client.query(`INSERT INTO outbox (job, payload) VALUES ('maintenance', '{"action": "sweep"}')`);
  await world.start("worker");
};

/** How many uploads the API itself did not clear away, for the sweep to do. */
const untilNothingIsLeft = async (world: World, before: number): Promise<void> => {
  const { pid } = world.firstApi;
  await until("no upload is open any more", 10 * SECOND, async () => {
    const { count, files } = await openDescriptors(pid, world.dataDir);
    return files.length === 0 && count <= before + SPARE_DESCRIPTORS ? true : null;
  });
  const isClean = async (): Promise<true | null> => ((await readdir(incomingDir(world))).length === 0 ? true : null);
  if ((await isClean()) === null) await sweep(world);
  await until("no upload is left behind", 20 * SECOND, isClean);
  const { rows } = await world.client.query("SELECT id FROM tasks UNION ALL SELECT id FROM audio");
  if (rows.length > 0) throw new Error(`uploads in part made ${rows.length} rows`);
};

/** A process's growth while it takes the longest recording there may be. */
const measureGrowth = async ({ world, tally }: Trials): Promise<void> => {
  const { bavail, bsize } = statfsSync(world.dataDir);
  if (bavail * bsize < 2 * LONGEST_BYTES)
    throw new Error(`the upload of 2 GiB needs 4 GiB of room in ${world.dataDir}`);
  const { pid, port } = world.firstApi;
  const token = await logIn(`http://127.0.0.1:${port}`);
  const upload = async (sizeBytes: number): Promise<void> => {
    const answer = await sendUpload({ port, path: "/v1/audio", token, sizeBytes });
    if (answer?.status !== 201) throw new Error(`a whole upload was answered ${answer?.status ?? "not at all"}`);
    await world.api.send(`/v1/audio/${answer.id}`, { method: "DELETE" });
  };
  // What a process grows by when it first takes a file, of whatever size, is not about this one.
  await upload(64 * MB);
  const before = await residentBytes(pid);
  let highest = before;
  const samples = setInterval(() => {
    void residentBytes(pid).then((bytes) => (highest = Math.max(highest, bytes)));
  }, SAMPLE_EVERY_MS);
  await upload(LONGEST_BYTES).finally(() => clearInterval(samples));
  const growthBytes = highest - before;
  tally.note(`memory grew by ${(growthBytes / MB).toFixed(0)} MB during an upload of 2 GiB`);
  if (growthBytes >= MAX_GROWTH_BYTES) throw new Error(`the API grew by ${growthBytes} bytes`);
  await world.start("worker");
};

export const row09: Row = {
  number: 9,
  promise: "an aborted upload leaves nothing",
  backends: ["postgres"],
  trials: { full: FULL, short: 20 },
  run: (context) =>
    withWorld(context, {}, async (world, tally) => {
      const { trials } = context;
      const token = await logIn(`http://127.0.0.1:${world.firstApi.port}`);
      const run: Trials = { world, tally, random: createRandom(context.seed), token };
      const before = (await openDescriptors(world.firstApi.pid, world.dataDir)).count;
      // 0 to 99 %, over and over.
      await inLanes(trials, LANES, (index) =>
        tally.trial(() => breakOff(run, (Math.floor((index * 100) / Math.min(100, trials)) % 100) / 100)),
      );
      await untilNothingIsLeft(world, before);
      if (trials >= FULL) await measureGrowth(run);
    }),
};
