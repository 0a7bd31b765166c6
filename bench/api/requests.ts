import { z } from "zod";

import { encodeCursor } from "../../packages/kernel/src/index.ts";
import { drive, type Request } from "./load.ts";
import { median, type Row } from "./report.ts";
import type { World } from "./world.ts";

export type Effort = {
  rounds: number;
  seconds: number;
  tasks: number;
  onRound(name: string, done: number, total: number): void;
};

const CONNECTIONS = 10;
const PAGE = 20;

type Measured = { name: string; atLeast: number; path: string; body?: string };

/** Requests a second of both sides, by turns; medians. */
const compare = async (world: World, effort: Effort, { name, atLeast, path, body }: Measured): Promise<Row> => {
  const speeds: Record<"api" | "floor", number[]> = { api: [], floor: [] };
  for (let round = 0; round <= effort.rounds; round += 1) {
    effort.onRound(name, round, effort.rounds + 1);
    const headers = await world.login();
    const request: Request =
      body === undefined ? { method: "GET", path, headers } : { method: "POST", path, headers, body };
    for (const side of round % 2 === 0 ? (["api", "floor"] as const) : (["floor", "api"] as const)) {
      const requestsPerSecond = await drive(world[side].url, request, { ...effort, connections: CONNECTIONS });
      // The first round warms up.
      if (round > 0) speeds[side].push(requestsPerSecond);
      if (body !== undefined) await world.clean();
    }
  }
  const against = { against: "floor", other: median(speeds.floor) };
  return { name, unit: "requests/s", ours: median(speeds.api), ...against, target: { atLeast } };
};

/** Every reading and writing of single tasks. */
export async function* requestRows(world: World, effort: Effort): AsyncGenerator<Row> {
  const { rows } = await world.client.query("SELECT id FROM tasks WHERE user_id = $1 ORDER BY id OFFSET $2 LIMIT 1", [
    world.ownerId,
    Math.floor(effort.tasks / 4),
  ]);
  const { id } = z.object({ id: z.string() }).parse(rows[0]);
  const text = "At dawn the old fisherman rowed out past the lighthouse. By noon a storm had covered the sea. ".repeat(
    5,
  );
  const measured: Measured[] = [
    { name: `list, limit=${PAGE}, include=prompts`, atLeast: 0.6, path: `/v1/tasks?limit=${PAGE}&include=prompts` },
    { name: "get, include=prompts", atLeast: 0.6, path: `/v1/tasks/${id}?include=prompts` },
    { name: "create from text", atLeast: 0.5, path: "/v1/tasks", body: JSON.stringify({ text, name: "Storm" }) },
  ];
  for (const one of measured) yield await compare(world, effort, one);
}

const timesOf = async (url: string, headers: Record<string, string>, count: number): Promise<number[]> => {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const startMs = performance.now();
    const answer = await fetch(url, { headers });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`GET ${url} answered ${answer.status}`);
    times.push(performance.now() - startMs);
  }
  return times;
};

const p95 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? Number.NaN;

const RUN = 25;

/** The owner's last full page against the first: no page costs more for those before it. */
export async function* deepPageRow(world: World, effort: Effort): AsyncGenerator<Row> {
  const page = effort.tasks / 2 / PAGE;
  const name = `list, page ${page} against page 1, p95`;
  const { rows } = await world.client.query(
    `SELECT id, created_at AS "createdAt" FROM tasks WHERE user_id = $1 AND status = 'completed'
     ORDER BY created_at DESC, id DESC OFFSET $2 LIMIT 1`,
    [world.ownerId, (page - 1) * PAGE - 1],
  );
  const cursor = encodeCursor(z.object({ id: z.string(), createdAt: z.date() }).parse(rows[0]));
  const first = `${world.api.url}/v1/tasks?limit=${PAGE}&include=prompts`;
  const times: { first: number[]; last: number[] } = { first: [], last: [] };
  const turns = effort.rounds * 8;
  for (let turn = 0; turn < turns; turn += 1) {
    effort.onRound(name, turn, turns);
    const headers = await world.login();
    const isFirst = turn % 2 === 0;
    for (const side of isFirst ? (["first", "last"] as const) : (["last", "first"] as const)) {
      times[side].push(...(await timesOf(side === "first" ? first : `${first}&cursor=${cursor}`, headers, RUN)));
    }
  }
  const against = { against: "page 1", other: p95(times.first) };
  yield { name, unit: "ms", ours: p95(times.last), ...against, target: { atMost: 1.1 } };
}
