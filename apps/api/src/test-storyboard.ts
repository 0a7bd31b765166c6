import { type Claim, claimTask, commitStoryboard } from "@phonoscene/db";

import type { ApiWorld } from "./test-world.ts";

const scene = (index: number) => ({
  index,
  startMs: null,
  endMs: null,
  segmentIds: [0],
  excerpt: `Scene ${index}.`,
  place: null,
  timeOfDay: null,
  mood: null,
});

const claimText = async (world: ApiWorld, taskId: string): Promise<Claim> => {
  const claim = await claimTask(world.database.db, taskId, "prompting");
  if (claim.outcome !== "claimed") throw new Error(`the task is ${claim.outcome}`);
  return claim.task;
};

/** Does what a worker does: the text task ends as completed, with a scene and a prompt for each of `contents`. */
export const completeTask = async (world: ApiWorld, taskId: string, contents: readonly string[]): Promise<void> => {
  const isStored = await commitStoryboard(world.database.db, await claimText(world, taskId), {
    language: "en",
    engine: "local",
    segments: [{ id: 0, startMs: null, endMs: null, text: "Words.", confidence: null }],
    scenes: contents.map((_content, index) => scene(index)),
    prompts: contents.map((content, index) => ({
      position: index,
      sceneIndex: index,
      content,
      negative: null,
      slots: [],
    })),
    warnings: [],
  });
  if (!isStored) throw new Error("the claim was lost");
};

/** A completed text task with these prompts; resolves to its id. */
export const newStoryboard = async (world: ApiWorld, token: string, contents: readonly string[]): Promise<string> => {
  const answer = await world.request("/v1/tasks", { method: "POST", token, json: { text: "Words." } });
  const { id } = (await answer.json()) as { id: string };
  await completeTask(world, id, contents);
  return id;
};
