import { createServer, type Server } from "node:http";

import { CRASH_POINTS, type CrashPoint, SECOND } from "../../packages/kernel/src/index.ts";
import { logIn } from "./account.ts";
import { RECORDING } from "./api-client.ts";
import type { ServiceProcess } from "./processes.ts";
import { BOTH, type Row } from "./row.ts";
import { type Tally, until } from "./tally.ts";
import { ensureWebhook } from "./webhook.ts";
import { type World, withWorld } from "./world.ts";

const DEATH_MS = 60 * SECOND;
const RECOVERY_MS = 45 * SECOND;

/** What leads a process past a point; a request that dies with the process has no answer, and that is as promised. */
type Provocation = (place: Place) => Promise<unknown>;
type Place = { world: World; recordingUrl: string };

/** The process that dies may be the one that would answer. */
const unanswered = (request: Promise<unknown>): Promise<unknown> => request.catch(() => undefined);

const createByUrl: Provocation = async ({ world, recordingUrl }) => {
  const body = JSON.stringify({ audioUrl: recordingUrl, language: "en" });
  await world.api.send("/v1/tasks", { method: "POST", body });
};

const eraseRecording: Provocation = async ({ world }) => {
  const { id } = await world.api.createAudio();
  if (id === null) throw new Error("a recording was not accepted");
  world.api.acknowledged.delete(id);
  await unanswered(world.api.send(`/v1/tasks/${id}`, { method: "DELETE" }));
};

const redrive: Provocation = async ({ world }) => {
  // Queued again by hand first: history knows no way from completed to failed.
  await world.client.query(`
    WITH chosen AS (SELECT id FROM tasks WHERE status = 'completed' AND kind = 'text' LIMIT 1)
    UPDATE tasks SET status = 'queued', enqueued_at = now(), name = 'given up' FROM chosen WHERE tasks.id = chosen.id`);
  await world.client.query(`
    UPDATE tasks SET status = 'failed', stage = NULL, dead_at = now(), error_code = 'internal', error_message = 'given up',
      error_stage = 'prompting', error_retryable = false, updated_at = now(), version = version + 1
    WHERE status = 'queued' AND name = 'given up'`);
  const url = `http://127.0.0.1:${world.balancer.port}`;
  const authorization = `Bearer ${await logIn(url)}`;
  const headers = { authorization, "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify({ filter: {} }) };
  await unanswered(fetch(`${url}/v1/admin/dead-letters/redrive`, init));
};

const createText: Provocation = ({ world }) => unanswered(world.api.createText());
const createAudio: Provocation = ({ world }) => unanswered(world.api.createAudio());

const createWatched: Provocation = async ({ world, recordingUrl }) => {
  // Whoever listens there takes whatever comes.
  await ensureWebhook(world, recordingUrl);
  await createText({ world, recordingUrl });
};

/** Which process passes the point, and what makes it do so. */
const WAYS: Record<CrashPoint, { app: "api" | "worker"; provoke: Provocation }> = {
  "create/recording-stored": { app: "api", provoke: createAudio },
  "create/committed": { app: "api", provoke: createText },
  "relay/sent": { app: "api", provoke: createText },
  "download/stored": { app: "worker", provoke: createByUrl },
  "claim/taken": { app: "worker", provoke: createText },
  "provider/accepted": { app: "worker", provoke: createAudio },
  "provider/id-stored": { app: "worker", provoke: createAudio },
  "transcript/heard": { app: "worker", provoke: createAudio },
  "transcript/committed": { app: "worker", provoke: createAudio },
  "storyboard/written": { app: "worker", provoke: createText },
  "storyboard/committed": { app: "worker", provoke: createText },
  "job/handled": { app: "worker", provoke: createText },
  "reconcile/asked": { app: "worker", provoke: createText },
  "dead-letters/redriven": { app: "api", provoke: redrive },
  "webhook/sent": { app: "worker", provoke: createWatched },
  "erase/rows-gone": { app: "api", provoke: eraseRecording },
  "erase/recording-gone": { app: "worker", provoke: eraseRecording },
};

const POINTS = Object.keys(WAYS).filter((name): name is CrashPoint => name in CRASH_POINTS);

/** Few trials meet points from all over the table, many meet each as often: it does not divide their number. */
const STRIDE = 4;

const serveRecording = async (): Promise<{ url: string; server: Server }> => {
  const bytes = Buffer.from(await RECORDING.arrayBuffer());
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "audio/wav", "content-length": bytes.length }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A listening server has a port.");
  return { url: `http://127.0.0.1:${address.port}/recording.wav`, server };
};

const untilAllOver = async ({ client }: World): Promise<void> => {
  await until("every task over", RECOVERY_MS, async () => {
    const { rowCount } = await client.query("SELECT FROM tasks WHERE status IN ('queued', 'processing') LIMIT 1");
    return rowCount === 0 ? true : null;
  });
};

type Pair = { api: ServiceProcess; worker: ServiceProcess };

/** Leads the process that was armed to its death, replaces it, and waits until all is made up for. */
const crashAt = async (point: CrashPoint, place: Place, { pair, tally }: { pair: Pair; tally: Tally }) => {
  const { world } = place;
  const { app, provoke } = WAYS[point];
  const victim = pair[app];
  await victim.arm(point);
  await provoke(place);
  await until(`a death at ${point}`, DEATH_MS, async () => (victim.isRunning() ? null : true));
  const diedAt = performance.now();
  pair[app] = await world.start(app);
  if (app === "api") world.balancer.retarget(pair.api.port);
  await untilAllOver(world);
  tally.recovered(performance.now() - diedAt);
};

export const row02: Row = {
  number: 2,
  promise: "a kill between any two writes is safe",
  backends: BOTH,
  trials: { full: POINTS.length * 25, short: 5 },
  run: (context) =>
    withWorld(context, { answerMs: 5 }, async (world, tally) => {
      const pair: Pair = { api: world.firstApi, worker: await world.start("worker") };
      const { url: recordingUrl, server } = await serveRecording();
      const { id } = await world.api.createText();
      if (id === null) throw new Error("the first text was not accepted");
      await world.untilCompleted([id]);
      for (let trial = 0; trial < context.trials; trial += 1) {
        const point = POINTS[(context.seed + trial * STRIDE) % POINTS.length] ?? "claim/taken";
        await tally.trial(() => crashAt(point, { world, recordingUrl }, { pair, tally }));
      }
      server.close();
    }),
};
