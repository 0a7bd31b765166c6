import { cancelOverdueTasks, claimTask, renewLease } from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";
import { beforeEach, describe, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();
let token: string;

beforeEach(async () => {
  token = await world.newUser(`${newId()}@example.com`);
});

type TaskBody = {
  id: string;
  status: string;
  deadlineAt: string | null;
  cancelReason: string | null;
  createdAt: string;
  version: number;
  urls: Record<string, string>;
};
type ProblemBody = { status: number; errors: { path: string; message: string }[] };

const post = (json: object, headers: Record<string, string> = {}, path = "/v1/tasks") =>
  world.request(path, { method: "POST", token, json, headers });
const created = async (json: object, headers: Record<string, string> = {}): Promise<TaskBody> => {
  const answer = await post({ text: "A fox ran.", ...json }, headers);
  expect(answer.status).toBe(202);
  return (await answer.json()) as TaskBody;
};
const read = async (id: string): Promise<TaskBody> =>
  (await (await world.request(`/v1/tasks/${id}`, { token })).json()) as TaskBody;
/** Between acceptance and deadline, to the second: the row is made a moment after the clock was asked. */
const secondsGiven = ({ createdAt, deadlineAt }: TaskBody): number =>
  Math.round((Date.parse(deadlineAt ?? "") - Date.parse(createdAt)) / 1000);
/** As if the deadline had come. */
const passDeadline = (id: string) =>
  world.database.db.$executeRaw`UPDATE tasks SET deadline_at = now() - interval '1 ms' WHERE id = ${id}::uuid`;

describe("a deadline", () => {
  it("is absent unless asked for", async () => {
    expect(await created({})).toMatchObject({ deadlineAt: null, cancelReason: null });
  });

  it.each([
    [{ deadlineMs: 90_000 }, {}, 90],
    [{}, { "cancel-after": "5m" }, 300],
    [{}, { "cancel-after": "45" }, 45],
    [{}, { "cancel-after": " 1.5h " }, 5400],
    [{}, { "cancel-after": "168h" }, 604_800],
    [{ deadlineMs: 90_000 }, { "cancel-after": "5m" }, 90],
    [{ deadlineMs: 90_000 }, { "cancel-after": "30s" }, 30],
  ])("%j with %j is %i s after the task was accepted", async (json, headers, seconds) => {
    expect(secondsGiven(await created(json, headers))).toBe(seconds);
  });

  it("comes with an upload and with each text of a bulk call too", async () => {
    const form = new FormData();
    form.set("deadlineMs", "60000");
    form.set("audio", new Blob([Buffer.from("RIFF$\0\0\0WAVEfmt "), Buffer.alloc(64)]), "tape.wav");
    const upload = await world.request("/v1/tasks", {
      method: "POST",
      token,
      body: form,
      headers: { "cancel-after": "2m" },
    });
    expect(secondsGiven((await upload.json()) as TaskBody)).toBe(60);
    const items = [{ text: "One.", deadlineMs: 50_000 }, { text: "Two." }];
    const { results } = (await (await post({ items }, {}, "/v1/tasks/bulk")).json()) as { results: { id: string }[] };
    const [one, two] = await Promise.all(results.map(({ id }) => read(id)));
    expect(one && secondsGiven(one)).toBe(50);
    expect(two?.deadlineAt).toBeNull();
  });

  it.each(["soon", "", "5 minutes", "-5m", "5d", "1e3", "0", "0.5s", "169h", "5m, 6m"])(
    "Cancel-After: %s is refused",
    async (header) => {
      const answer = await post({ text: "A fox ran." }, { "cancel-after": header });
      const problem = (await answer.json()) as ProblemBody;
      expect(problem).toMatchObject({ status: 422, errors: [{ path: "headers.cancel-after" }] });
      expect(problem.errors[0]?.message).toMatch(/such as 5m|1 second to 7 days/);
    },
  );

  it.each([999, 604_800_001, 1500.5, "5m", null, -1])("deadlineMs %j is refused", async (deadlineMs) => {
    const problem = (await (await post({ text: "A fox ran.", deadlineMs })).json()) as ProblemBody;
    expect(problem).toMatchObject({ status: 422, errors: [{ path: "body.deadlineMs" }] });
  });
});

describe("when it passes", () => {
  it("a task that waits is canceled by the upkeep, and says why", async () => {
    const [due, later] = [await created({ deadlineMs: 60_000 }), await created({ deadlineMs: 600_000 })];
    await passDeadline(due.id);
    expect(await cancelOverdueTasks(world.database.db)).toBeGreaterThan(0);
    expect(await read(due.id)).toMatchObject({
      status: "canceled",
      cancelReason: "deadline",
      error: null,
      version: due.version + 1,
    });
    expect(await read(later.id)).toMatchObject({ status: "queued", cancelReason: null });
  });

  it("a claim is refused and cancels it; nobody else need ask", async () => {
    const { id } = await created({ deadlineMs: 60_000 });
    await passDeadline(id);
    expect(await claimTask(world.database.db, id, "prompting")).toEqual({ outcome: "obsolete" });
    expect(await read(id)).toMatchObject({ status: "canceled", cancelReason: "deadline" });
  });

  it("the holder gets no new lease", async () => {
    const { id } = await created({ deadlineMs: 60_000 });
    const claim = await claimTask(world.database.db, id, "prompting");
    if (claim.outcome !== "claimed") throw new Error(claim.outcome);
    expect(claim.task.deadlineInMs).toBeGreaterThan(50_000);
    expect(await renewLease(world.database.db, claim.task, 0.1)).toBe(true);
    await passDeadline(id);
    expect(await renewLease(world.database.db, claim.task, 0.2)).toBe(false);
  });

  it("a task that is over stays as it is", async () => {
    const { id } = await created({ deadlineMs: 60_000 });
    await world.request(`/v1/tasks/${id}/cancel`, { method: "POST", token });
    await passDeadline(id);
    await cancelOverdueTasks(world.database.db);
    expect(await read(id)).toMatchObject({ status: "canceled", cancelReason: "requested" });
  });
});

describe("a retry", () => {
  const retry = async (id: string, json: object) =>
    world.request(`/v1/tasks/${id}/retry`, { method: "POST", token, json });
  const overdue = async (): Promise<string> => {
    const { id } = await created({ deadlineMs: 60_000 });
    await passDeadline(id);
    await cancelOverdueTasks(world.database.db);
    return id;
  };

  it("clears the deadline and the reason", async () => {
    const id = await overdue();
    const answer = await retry(id, {});
    expect(await answer.json()).toMatchObject({ status: "queued", deadlineAt: null, cancelReason: null });
  });

  it("may set a new one, from then on", async () => {
    const id = await overdue();
    const before = Date.now();
    const { deadlineAt } = (await (await retry(id, { deadlineMs: 120_000 })).json()) as TaskBody;
    expect(Math.round((Date.parse(deadlineAt ?? "") - before) / 10_000)).toBe(12);
  });

  it("refuses one that is none", async () => {
    const id = await overdue();
    const problem = (await (await retry(id, { deadlineMs: 10 })).json()) as ProblemBody;
    expect(problem).toMatchObject({ status: 422, errors: [{ path: "body.deadlineMs" }] });
    expect(await read(id)).toMatchObject({ status: "canceled" });
  });
});

it("a task names where its events are", async () => {
  const { id, urls } = await created({});
  expect(urls).toEqual({ self: `/v1/tasks/${id}`, cancel: `/v1/tasks/${id}/cancel`, events: `/v1/tasks/${id}/events` });
});
