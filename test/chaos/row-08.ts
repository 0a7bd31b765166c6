import { newId } from "../../packages/kernel/src/index.ts";
import { logIn } from "./account.ts";
import { RECORDING, TEXT } from "./api-client.ts";
import type { Row } from "./row.ts";
import { type World, withWorld } from "./world.ts";

const COPIES = 20;
/** One round in so many uploads a recording. */
const UPLOAD_EVERY = 8;

type Caller = { world: World; ports: readonly number[]; token: string };

const bodyOf = (key: string, isUpload: boolean): string | FormData => {
  if (!isUpload) return JSON.stringify({ text: TEXT, language: "en", name: key });
  const form = new FormData();
  form.set("name", key);
  form.set("audio", RECORDING, "silence.wav");
  return form;
};

const send = async (caller: Caller, { key, isUpload, copy }: { key: string; isUpload: boolean; copy: number }) => {
  const { ports, token } = caller;
  const body = bodyOf(key, isUpload);
  const answer = await fetch(`http://127.0.0.1:${ports[copy % ports.length]}/v1/tasks`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "idempotency-key": key,
      ...(typeof body === "string" && { "content-type": "application/json" }),
    },
    body,
  });
  return {
    status: answer.status,
    isReplayed: answer.headers.get("idempotent-replayed") === "true",
    // A task or a problem.
    body: (await answer.json()) as { id?: string; code?: string },
  };
};

const checkCopies = (copies: Awaited<ReturnType<typeof send>>[]): string => {
  const made = copies.filter(({ status }) => status === 202);
  const busy = copies.filter(({ status, body }) => status === 409 && body.code === "idempotency/in-progress");
  if (made.length === 0) throw new Error("none of the copies was accepted");
  if (made.length + busy.length < copies.length)
    throw new Error(`copies were answered ${[...new Set(copies.map(({ status }) => status))].join(", ")}`);
  const ids = [...new Set(made.map(({ body }) => body.id))];
  const originals = made.filter(({ isReplayed }) => !isReplayed).length;
  if (ids.length !== 1 || originals !== 1)
    throw new Error(`the accepted copies name ${ids.length} tasks; ${originals} of them say that they made one`);
  return ids[0] ?? "";
};

/** The same create, many times at once at two processes, and once more after all are answered. */
const playRound = async (caller: Caller, round: number): Promise<void> => {
  const { world } = caller;
  const key = newId();
  const isUpload = round % UPLOAD_EVERY === UPLOAD_EVERY - 1;
  const copies = Array.from({ length: COPIES }, (_value, copy) => send(caller, { key, isUpload, copy }));
  const id = checkCopies(await Promise.all(copies));
  const late = await send(caller, { key, isUpload, copy: round });
  if (late.status !== 202 || !late.isReplayed || late.body.id !== id)
    throw new Error(`a late copy was answered ${late.status} (replayed: ${late.isReplayed})`);
  const { rows } = await world.client.query("SELECT FROM tasks WHERE name = $1", [key]);
  if (rows.length !== 1) throw new Error(`the key made ${rows.length} tasks`);
  world.api.acknowledged.add(id);
};

export const row08: Row = {
  number: 8,
  promise: "one Idempotency-Key, one task",
  backends: ["postgres"],
  trials: { full: 200, short: 8 },
  run: (context) =>
    withWorld(context, { env: { PROMPT_ENGINE: "local" } }, async (world, tally) => {
      const [second] = await Promise.all([world.start("api"), world.start("worker")]);
      const ports = [world.firstApi.port, second.port];
      const token = await logIn(`http://127.0.0.1:${second.port}`);
      const caller: Caller = { world, ports, token };
      for (let round = 0; round < context.trials; round += 1) await tally.trial(() => playRound(caller, round));
    }),
};
