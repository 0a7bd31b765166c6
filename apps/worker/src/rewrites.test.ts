import { readFileSync } from "node:fs";

import type { Bible, Slot } from "@phonoscene/contracts";
import {
  askForRewrite,
  changeBible,
  createStyle,
  type PromptRow,
  retryTask,
  type RewriteAsked,
  type TaskRow,
} from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";
import { type TestBackend, useDatabase } from "@phonoscene/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { SLOW, useWorld } from "./test-use-world.ts";

vi.setConfig({ testTimeout: 60_000 });

const STORY = readFileSync(
  new URL("../../../packages/prompting/eval/texts/narration-keeper.dev.txt", import.meta.url),
  "utf8",
);

// One backend: which one carries the job makes no difference to what the run does.
const store: TestBackend = { kind: "postgres", database: useDatabase(), redisUrl: null, prefix: newId() };

describe("work on a storyboard", () => {
  const world = useWorld(store);
  let id: string;
  let owned: { id: string; userId: string };

  const settled = async (): Promise<TaskRow & { prompts: PromptRow[] }> => {
    await expect.poll(async () => (await world.read(id)).status, SLOW).toBe("completed");
    const { prompts = [], ...task } = await world.read(id);
    return { ...task, prompts };
  };
  const words = ({ prompts }: { prompts: PromptRow[] }): string[] => prompts.map(({ content }) => content);
  const subject = ({ slots }: PromptRow): string =>
    (slots as Slot[]).find(({ name }) => name === "subject")?.value ?? "";
  const rewrite = async (asked: Partial<RewriteAsked> = {}) => {
    const all = { id: newId(), promptIds: null, variationCount: null, seed: null, instruction: null };
    expect(await askForRewrite(world.db(), owned, { ...all, ...asked })).toEqual({ outcome: "queued" });
    return settled();
  };
  const describeTomas = (description: string) =>
    changeBible(world.db(), { ...owned, version: undefined }, ({ entities, ...bible }) => ({
      bible: {
        ...bible,
        entities: entities.map((entity) =>
          entity.name === "Tomas Berg" ? { ...entity, description, origin: "edited" as const } : entity,
        ),
      },
    }));

  beforeEach(async () => {
    await world.work();
    id = await world.newText(STORY, "en");
    await settled();
    const { userId } = await world.db().task.findUniqueOrThrow({ where: { id } });
    owned = { id, userId };
  });

  it("prompts written again show the bible as its owner changed it, and keep what they said", async () => {
    const before = await settled();
    expect(words(before).join()).not.toContain("Tomas");
    await describeTomas("an old keeper in a red scarf");
    const [locked] = before.prompts;
    await world.db().prompt.update({ where: { id: locked?.id ?? "" }, data: { locked: true } });
    const after = await rewrite();
    expect(after.prompts[0]?.content).toBe(locked?.content);
    const told = after.prompts.filter((prompt) => subject(prompt).includes("an old keeper in a red scarf"));
    expect(told.length).toBeGreaterThan(0);
    expect(after.prompts.map((prompt) => prompt.id)).toEqual(before.prompts.map((prompt) => prompt.id));
    const revisions = await world.db().promptRevision.findMany({ where: { promptId: told[0]?.id ?? "" } });
    expect(revisions.map(({ content }) => content)).toEqual(
      before.prompts.filter((prompt) => prompt.id === told[0]?.id).map(({ content }) => content),
    );
  });

  it("the same seed gives the same words, another one others, in the same look", async () => {
    const before = await settled();
    expect(words(await rewrite())).toEqual(words(before));
    const other = await rewrite({ seed: 7 });
    for (const [at, prompt] of other.prompts.entries()) expect(prompt.content).not.toBe(before.prompts[at]?.content);
    const film = ({ prompts }: { prompts: PromptRow[] }) =>
      prompts.map(({ slots }) => (slots as Slot[]).find(({ name }) => name === "film")?.value);
    expect(film(other)).toEqual(film(before));
  });

  it("variations come right behind their prompt, of its scene, each with words of its own", async () => {
    const before = await settled();
    const [first] = before.prompts;
    const asked = { promptIds: [first?.id ?? ""], variationCount: 8 };
    const after = await rewrite(asked);
    expect(after.prompts.map(({ position }) => position)).toEqual(after.prompts.map((_prompt, at) => at));
    expect(before.prompts.length).toBeGreaterThan(8);
    expect(after.prompts.map((prompt) => prompt.scene?.index)).toEqual([
      ...Array<number>(9).fill(0),
      ...before.prompts.slice(1).map((prompt) => prompt.scene?.index),
    ]);
    expect(new Set(words(after)).size).toBe(after.prompts.length);
    expect(words(await rewrite())).toEqual(words(after));
  });

  it("a retry keeps locked prompts in their scenes' places, what the owner wrote of the cast, and no deleted entity", async () => {
    const before = await settled();
    const last = before.prompts.at(-1);
    await world.db().prompt.update({ where: { id: last?.id ?? "" }, data: { locked: true, content: "mine" } });
    await describeTomas("an old keeper in a red scarf");
    await world.db().$executeRaw`UPDATE bibles SET removed_ids = '{character-woman}' WHERE task_id = ${id}::uuid`;
    await retryTask(world.db(), owned);
    const after = await settled();
    expect(words(after).at(-1)).toBe("mine");
    expect(after.prompts.at(-1)?.id).toBe(last?.id);
    expect(after.prompts.map((prompt) => prompt.scene?.index)).toEqual(
      before.prompts.map((prompt) => prompt.scene?.index),
    );
    const bible = (await world.db().bible.findUniqueOrThrow({ where: { taskId: id } })) as unknown as Bible;
    expect(bible.entities.find(({ name }) => name === "Tomas Berg")).toMatchObject({ origin: "edited" });
    expect(bible.entities.map((entity) => entity.id)).not.toContain("character-woman");
  });

  it("a saved style gives the look; once it is deleted the task says so", async () => {
    const parts = { camera: null, lens: null, photography: null, style: null, negative: "fog", aspectRatio: "4:3" };
    const style = await createStyle(
      world.db(),
      { ...parts, film: "amber film", name: "Amber", userId: owned.userId },
      100,
    );
    if (typeof style === "string") throw new Error(style);
    await world.db().$executeRaw`
      UPDATE tasks SET options = options || jsonb_build_object('styleId', ${style.id}::text) WHERE id = ${id}::uuid`;
    await retryTask(world.db(), owned);
    for (const content of words(await settled())) expect(content).toMatch(/amber film.* --ar 4:3 --no fog/);
    await world.db().style.delete({ where: { id: style.id } });
    await retryTask(world.db(), owned);
    const after = await settled();
    expect(after.warnings).toMatchObject([{ code: "style_missing" }]);
    expect(words(after).join()).not.toContain("amber");
  });
});
