import type { Prompt, Slot, Task, Warning } from "@phonoscene/contracts";
import { claimTask, commitRewrite } from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { newPerson, type Person } from "../../test-owned.ts";
import { newStoryboard } from "../../test-storyboard.ts";
import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();
let person: Person;
let taskId: string;
let prompts: Prompt[];

/** Longer than SDXL reads. */
const SUBJECT =
  "an old keeper climbing the iron stairs of a white lighthouse with a brass lantern in his hand, far below a small red fishing boat fighting the waves";
const slots: Slot[] = [
  { name: "subject", value: SUBJECT, origin: "text" },
  { name: "keywords", value: "iron stairs, storm, brass lantern, spray, dark clouds", origin: "text" },
  { name: "camera", value: "35mm rangefinder camera", origin: "style" },
  { name: "lens", value: "35mm f/2 lens", origin: "style" },
  { name: "timeOfDay", value: "evening", origin: "text" },
  { name: "photography", value: "documentary photograph", origin: "style" },
  { name: "film", value: "Kodak Tri-X 400 film", origin: "style" },
];

const call = (method: string, path: string, json?: object, headers: Record<string, string> = {}) =>
  world.request(`/v1/tasks/${taskId}${path}`, {
    method,
    token: person.token,
    headers,
    ...(json !== undefined && { json }),
  });
const readPrompts = async (): Promise<Prompt[]> =>
  ((await (await call("GET", "/prompts")).json()) as { data: Prompt[] }).data;
const idAt = (position: number): string => prompts[position]?.id ?? "";
const edit = (position: number, json: object) => call("PATCH", `/prompts/${idAt(position)}`, json);

type Retargeted = { task: Task; prompts: Prompt[]; warnings: Warning[] };
const retarget = async (json: object): Promise<Retargeted> =>
  (await (await call("POST", "/retarget", json)).json()) as Retargeted;

beforeAll(async () => {
  person = await newPerson(world, "ada@rewrites.example");
});
beforeEach(async () => {
  taskId = await newStoryboard(world, person.token, ["a", "b", "c"]);
  await world.database.db.prompt.updateMany({ where: { taskId }, data: { slots } });
  prompts = await readPrompts();
});

describe("a storyboard for another generator", () => {
  it("has every open prompt written from its slots, with what it said before as a revision, and the task's options", async () => {
    await edit(0, { locked: true });
    const { task, prompts: after, warnings } = await retarget({ target: "flux", aspectRatio: "16:9" });
    expect(task).toMatchObject({ status: "completed", options: { target: "flux", aspectRatio: "16:9" } });
    expect(warnings).toEqual([]);
    expect(after.map(({ content }) => content.includes("16:9 frame"))).toEqual([false, true, true]);
    expect(after.map(({ version }) => version)).toEqual([2, 2, 2]);
    const revisions = await call("GET", `/prompts/${idAt(1)}/revisions`);
    expect(await revisions.json()).toMatchObject({ data: [{ version: 1, content: "b" }] });
  });

  it("loses nothing on the way through one that reads less", async () => {
    const { prompts: sdxl } = await retarget({ target: "sdxl" });
    expect(sdxl[0]?.content).not.toContain("fighting the waves");
    const { prompts: back } = await retarget({ target: "gpt-image" });
    expect(back[0]?.content).toContain("fighting the waves");
    expect(back[0]?.slots).toEqual(slots);
  });

  it("is written for the version that is named, and for no version that the target has not", async () => {
    const { task } = await retarget({ target: "midjourney", targetVersion: "7" });
    expect(task.options).toMatchObject({ target: "midjourney", targetVersion: "7" });
    const refused = await call("POST", "/retarget", { target: "flux", targetVersion: "7" });
    expect(await refused.json()).toMatchObject({ status: 422, errors: [{ path: "body.targetVersion" }] });
    expect((await retarget({ target: "flux" })).task.options).toMatchObject({ target: "flux", targetVersion: null });
  });

  it("passes over what a person wrote, with a warning, until it is told to overwrite", async () => {
    await edit(0, { content: "by hand" });
    await call("POST", "/prompts", { content: "added by hand" });
    const first = await retarget({ target: "flux" });
    expect(first.warnings.map(({ code }) => code)).toEqual(["prompt_skipped", "prompt_skipped"]);
    expect([first.prompts[0]?.content, first.prompts[3]?.content]).toEqual(["by hand", "added by hand"]);
    const second = await retarget({ target: "flux", overwrite: true });
    expect(second.prompts[0]?.content).toMatch(/^An old keeper/);
    expect(second.prompts[3]?.content).toBe("added by hand");
    expect((await retarget({ target: "midjourney" })).prompts[0]?.content).toMatch(/^an old keeper/);
  });
});

describe("writing prompts again", () => {
  it("queues the task once, however often the same request is made, and keeps the prompts until the run is stored", async () => {
    const ask = () => call("POST", "/prompts/regenerate", { seed: 7 }, { "idempotency-key": taskId });
    const answer = await ask();
    expect([answer.status, answer.headers.get("location")]).toEqual([202, `/v1/tasks/${taskId}`]);
    expect(await answer.json()).toMatchObject({ status: "queued", completedAt: null });
    expect((await ask()).headers.get("idempotent-replayed")).toBe("true");
    expect(await world.jobs("prompting")).toContainEqual({ taskId });
    expect(await (await edit(0, { content: "x" })).json()).toMatchObject({ code: "task/not-ready" });
    const claim = await claimTask(world.database.db, taskId, "prompting");
    if (claim.outcome !== "claimed") throw new Error(claim.outcome);
    expect(claim.task.storyboard).toMatchObject({ scope: { seed: 7, promptIds: prompts.map(({ id }) => id) } });
    expect((await call("POST", "/cancel")).status).toBe(200);
    expect(await readPrompts()).toEqual(prompts);
    const late = { updates: [{ id: idAt(0), content: "late", negative: null, slots: [] }], variations: null };
    const result = { ...late, bible: null, engine: "local", warnings: [] };
    expect(await commitRewrite(world.database.db, claim.task, result)).toBe(false);
    expect(await readPrompts()).toEqual(prompts);
  });

  it("is refused for prompts that are locked, of no scene or not there, by their place, and while the task is at work", async () => {
    await edit(0, { locked: true });
    const added = (await (await call("POST", "/prompts", { content: "mine" })).json()) as Prompt;
    for (const [id, status, code] of [
      [idAt(0), 409, "prompt/locked"],
      [added.id, 422, "request/invalid"],
      [newId(), 404, "prompt/not-found"],
    ] as const) {
      const answer = await call("POST", "/prompts/regenerate", { promptIds: [idAt(1), id] });
      expect(await answer.json()).toMatchObject({ status, code, errors: [{ path: "body.promptIds.1" }] });
    }
    for (const position of [1, 2]) await edit(position, { locked: true });
    const nothing = await call("POST", "/prompts/regenerate");
    expect(await nothing.json()).toMatchObject({ status: 409, code: "task/nothing-to-rewrite" });
    expect((await call("POST", `/prompts/${idAt(1)}/variations`, { count: 2 })).status).toBe(202);
    for (const path of ["/prompts/regenerate", "/retarget"]) {
      const answer = await call("POST", path, path === "/retarget" ? { target: "flux" } : {});
      expect(await answer.json()).toMatchObject({ status: 409, code: "task/not-ready" });
    }
  });
});
