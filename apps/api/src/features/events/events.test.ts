import { claimTask, type ClaimedTask, commitStoryboard, renewLease } from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";
import { type ApiWorld, startApiWorld } from "../../test-world.ts";
import { live } from "./live.ts";

const world = useApiWorld();
let token: string;

beforeEach(async () => {
  token = await world.newUser(`${newId()}@example.com`);
});

type SentEvent = { event: string; id: string | undefined; data: Record<string, unknown> };
type Listener = { response: Response; events: SentEvent[]; isOver(): boolean; hangUp(): void };

const listeners: Listener[] = [];
afterEach(() => {
  for (const listener of listeners.splice(0)) listener.hangUp();
});

const readEvent = (block: string): SentEvent => {
  const fields = Object.fromEntries(
    block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  return { event: fields["event"] ?? "", id: fields["id"], data: JSON.parse(fields["data"] ?? "{}") };
};

/** A reader of server-sent events; comments and `retry` are skipped. */
const listen = async (where: string, lastEventId?: string, on: ApiWorld = world): Promise<Listener> => {
  const closing = new AbortController();
  const response = await on.request(where, {
    token,
    signal: closing.signal,
    headers: lastEventId === undefined ? {} : { "last-event-id": lastEventId },
  });
  const events: SentEvent[] = [];
  let isOver = false;
  const read = async (): Promise<void> => {
    let text = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (text + chunk).split("\n\n");
      text = blocks.pop() ?? "";
      events.push(...blocks.filter((block) => block.startsWith("event:")).map(readEvent));
    }
  };
  const ended = (): void => {
    isOver = true;
  };
  read().then(ended, ended);
  const listener = { response, events, isOver: () => isOver, hangUp: () => closing.abort() };
  listeners.push(listener);
  return listener;
};

const create = async (): Promise<string> => {
  const answer = await world.request("/v1/tasks", { method: "POST", token, json: { text: "A fox ran." } });
  return ((await answer.json()) as { id: string }).id;
};

const claim = async (taskId: string): Promise<ClaimedTask> => {
  const claimed = await claimTask(world.database.db, taskId, "prompting");
  if (claimed.outcome !== "claimed") throw new Error(`the task could not be claimed: ${claimed.outcome}`);
  return claimed.task;
};

const segment = { id: 0, startMs: null, endMs: null, text: "A fox ran.", confidence: null };

const complete = (task: ClaimedTask): Promise<boolean> =>
  commitStoryboard(world.database.db, task, {
    language: "en",
    engine: "local",
    segments: [segment],
    scenes: [
      {
        index: 0,
        startMs: null,
        endMs: null,
        segmentIds: [0],
        excerpt: "A fox",
        place: null,
        timeOfDay: null,
        mood: null,
      },
    ],
    prompts: [{ position: 0, sceneIndex: 0, content: "a fox running", negative: null, slots: [] }],
    warnings: [],
  });

const SOON = { timeout: 10_000, interval: 50 };
const namesOf = ({ events }: Listener): string[] =>
  events.map(({ event, data }) => (typeof data["status"] === "string" ? `${event} ${data["status"]}` : event));

/** But for `end`, which nobody goes on from. */
const expectUniqueIds = ({ events }: Listener): void => {
  const ids = events.flatMap(({ id }) => id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(0);
};

describe("the events of a task", () => {
  it("tell its state at once, then each change, its prompts, and the end, no id twice", async () => {
    const id = await create();
    const listener = await listen(`/v1/tasks/${id}/events`);
    expect(listener.response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    await expect.poll(() => namesOf(listener), SOON).toEqual(["task queued"]);
    const task = await claim(id);
    await expect.poll(() => namesOf(listener), SOON).toEqual(["task queued", "task processing"]);
    await renewLease(world.database.db, task, 0.5);
    await expect.poll(() => listener.events.at(-1)?.data, SOON).toMatchObject({ stage: "prompting", progress: 0.5 });
    // As after the death of a worker.
    await world.database.db.task.update({ where: { id }, data: { leaseUntil: new Date(0) } });
    const again = await claim(id);
    await expect.poll(() => listener.events.at(-1)?.data, SOON).toMatchObject({ stage: "prompting", progress: 0 });
    await complete(again);
    await expect.poll(listener.isOver, SOON).toBe(true);
    expect(namesOf(listener).slice(4)).toEqual(["task completed", "prompts", "end"]);
    expect(listener.events.at(-2)?.data).toMatchObject({ id, prompts: [{ content: "a fox running" }] });
    expectUniqueIds(listener);
  });

  it("go on after the one that the client saw last", async () => {
    const id = await create();
    const first = await listen(`/v1/tasks/${id}/events`);
    await expect.poll(() => first.events.length, SOON).toBe(1);
    first.hangUp();
    await complete(await claim(id));
    const whole = await listen(`/v1/tasks/${id}/events`, first.events[0]?.id);
    await expect.poll(whole.isOver, SOON).toBe(true);
    expect(namesOf(whole)).toEqual(["task completed", "prompts", "end"]);

    const onlyPrompts = await listen(`/v1/tasks/${id}/events`, whole.events[0]?.id);
    await expect.poll(onlyPrompts.isOver, SOON).toBe(true);
    expect(namesOf(onlyPrompts)).toEqual(["prompts", "end"]);

    const nothing = await listen(`/v1/tasks/${id}/events`, whole.events[1]?.id);
    await expect.poll(nothing.isOver, SOON).toBe(true);
    expect(namesOf(nothing)).toEqual(["end"]);
  });

  it("end when the task is deleted", async () => {
    const id = await create();
    const listener = await listen(`/v1/tasks/${id}/events`);
    await expect.poll(() => listener.events.length, SOON).toBe(1);
    await world.request(`/v1/tasks/${id}`, { method: "DELETE", token });
    await expect.poll(listener.isOver, SOON).toBe(true);
    expect(namesOf(listener)).toEqual(["task queued", "deleted", "end"]);
  });

  it("are not there for strangers, nor without a token", async () => {
    const path = `/v1/tasks/${await create()}/events`;
    const stranger = await world.newUser(`${newId()}@example.com`);
    const answer = await world.request(path, { token: stranger });
    expect(await answer.json()).toMatchObject({ status: 404, code: "task/not-found" });
    expect((await world.request(path)).status).toBe(401);
    expect((await world.request("/v1/events")).status).toBe(401);
    expect((await world.request("/v1/tasks/none/events", { token })).status).toBe(422);
  });
});

describe("the events of a user", () => {
  it("begin with what is unfinished, then tell every task that is made or changes, and nobody else's", async () => {
    const old = await create();
    const owner = token;
    token = await world.newUser(`${newId()}@example.com`);
    await create();
    token = owner;
    const listener = await listen("/v1/events");
    await expect.poll(() => listener.events.length, SOON).toBe(1);
    expect(listener.events[0]).toMatchObject({ event: "tasks", data: { data: [{ id: old, status: "queued" }] } });
    const made = await create();
    await expect.poll(() => listener.events.at(-1)?.data, SOON).toMatchObject({ id: made, status: "queued" });
    await complete(await claim(old));
    await expect.poll(() => listener.events.at(-1)?.data, SOON).toMatchObject({ id: old, status: "completed" });
    expect(listener.events).toHaveLength(3);
  });

  it("with the last event's id tell what was missed meanwhile", async () => {
    const first = await listen("/v1/events");
    await expect.poll(() => first.events.length, SOON).toBe(1);
    first.hangUp();
    const ids = [await create(), await create()];
    const again = await listen("/v1/events", first.events[0]?.id);
    await expect
      .poll(() => again.events.map(({ event, data }) => [event, data["id"]]), SOON)
      .toEqual(ids.map((id) => ["task", id]));
  });

  it("an id that no stream gave out begins anew", async () => {
    const listener = await listen("/v1/events", "99999999999999999999");
    await expect.poll(() => namesOf(listener), SOON).toEqual(["tasks"]);
  });

  it("more than one page of changes comes whole and in order", async () => {
    const { id: userId } = (await (await world.request("/v1/me", { token })).json()) as { id: string };
    const first = await listen("/v1/events");
    await expect.poll(() => first.events.length, SOON).toBe(1);
    await world.database.db.task.createMany({
      data: Array.from({ length: 1200 }, () => ({ id: newId(), userId, kind: "text" as const, options: {} })),
    });
    await expect.poll(() => first.events.length, SOON).toBe(1201);
    expectUniqueIds(first);
    expect(new Set(first.events.map(({ data }) => data["id"])).size).toBe(1201);
  });
});

describe("open streams", () => {
  it("are ten a user at most, and a place is free again when one hangs up", async () => {
    const open = await Promise.all(Array.from({ length: 10 }, () => listen("/v1/events")));
    const refused = await world.request("/v1/events", { token });
    expect(refused.headers.get("retry-after")).toBe("15");
    expect(await refused.json()).toMatchObject({ status: 429, code: "events/too-many-streams" });
    open[0]?.hangUp();
    await expect.poll(async () => (await listen("/v1/events")).response.status, SOON).toBe(200);
  });

  it("say every now and then that they live, and end once the caller may not listen any more", async () => {
    let asked = 0;
    const pieces: string[] = [];
    const options = {
      poll: async () => ({ events: [], isOver: false }),
      signal: new AbortController().signal,
      isAllowed: async () => (asked += 1) < 3,
      pollMs: 1,
      heartbeatMs: 1,
    };
    for await (const piece of live(options)) pieces.push(piece);
    expect(pieces).toEqual(["retry: 2000\n\n", ": still here\n\n", ": still here\n\n"]);
  });

  it("end when the caller's session is over", async () => {
    const quick = await startApiWorld(world.databaseUrl, { streamHeartbeatMs: 1 });
    const listener = await listen("/v1/events", undefined, quick);
    await expect.poll(() => listener.events.length, SOON).toBe(1);
    await quick.database.db.session.updateMany({ data: { revokedAt: new Date() } });
    await expect.poll(listener.isOver, SOON).toBe(true);
    await quick.close();
  });

  it("end when the process stops", async () => {
    const listener = await listen("/v1/events");
    await expect.poll(() => listener.events.length, SOON).toBe(1);
    world.beginStop();
    await expect.poll(listener.isOver, SOON).toBe(true);
  });
});
