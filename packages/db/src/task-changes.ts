/*
 * What a change of a task and of its prompts comes to, decided before anything is written. Whoever changes prompts holds
 * the task's row lock, so what was read stays true until the transaction ends.
 *
 * Positions are 0..n-1 without gaps. A prompt whose change names a position gets exactly that place; the others keep their
 * order around it. The prompt's `version` counts changes of the prompt itself, not the moves of its neighbours; the task's
 * `version` counts both.
 */
import { MAX_PROMPTS_OF_TASK, type ProblemCode } from "@phonoscene/contracts";
import { newId } from "@phonoscene/kernel";

export type PromptChange = {
  /** Absent: a new prompt. */
  id?: string | undefined;
  version?: number | undefined;
  delete?: true | undefined;
  content?: string | undefined;
  negative?: string | null | undefined;
  locked?: boolean | undefined;
  /** Of a new prompt only. */
  sceneIndex?: number | null | undefined;
  position?: number | undefined;
};

export type TaskChange = {
  id: string;
  version?: number | undefined;
  name?: string | null | undefined;
  prompts?: readonly PromptChange[] | undefined;
};

/** Why one item of a call cannot be done; `path` starts at the item. */
export type ItemFault = { code: ProblemCode; path: string; message: string };

export type StoredPrompt = { id: string; version: number; locked: boolean };

/** A task as its lock found it, its prompts in order. */
export type StoredTask = {
  version: number;
  isOver: boolean;
  prompts: readonly StoredPrompt[];
  sceneIds: ReadonlyMap<number, string>;
};

export type PromptUpdate = { id: string; position: number; change: PromptChange | null };
export type PromptInsert = {
  id: string;
  taskId: string;
  sceneId: string | null;
  position: number;
  change: PromptChange;
};

export type TaskPlan = {
  id: string;
  version: number;
  change: TaskChange;
  deletes: string[];
  updates: PromptUpdate[];
  inserts: PromptInsert[];
};

const fault = (code: ProblemCode, path: string, message: string): { fault: ItemFault } => ({
  fault: { code, path, message },
});

export const taskNotFound: ItemFault = {
  code: "task/not-found",
  path: "id",
  message: "There is no such task among yours: it was never there, or it was deleted.",
};

type Named = { path: string; change: PromptChange; id: string };

const touches = ({ content, negative, locked, position }: PromptChange): boolean =>
  [content, negative, locked, position].some((field) => field !== undefined);

const checkNamed = (stored: StoredPrompt | undefined, { path, change }: Named): { fault: ItemFault } | null => {
  if (stored === undefined) {
    return fault(
      "prompt/not-found",
      `${path}.id`,
      "The task has no such prompt: it was never there, or it was deleted.",
    );
  }
  if (change.version !== undefined && change.version !== stored.version) {
    const message = `The prompt is at version ${stored.version}, not ${change.version}: read it again.`;
    return fault("request/stale", `${path}.version`, message);
  }
  const isChange = change.delete === true || touches({ ...change, locked: undefined });
  if (stored.locked && change.locked !== false && isChange) {
    return fault("prompt/locked", path, "The prompt is locked: send locked: false first, or with the change.");
  }
  return null;
};

const checkNew = (task: StoredTask, { path, change }: Named): { fault: ItemFault } | null => {
  const { sceneIndex } = change;
  if (sceneIndex === undefined || sceneIndex === null || task.sceneIds.has(sceneIndex)) return null;
  return fault("request/invalid", `${path}.sceneIndex`, `The task has no scene ${sceneIndex}: leave it out for none.`);
};

const checkPrompts = (task: StoredTask, named: readonly Named[]): { fault: ItemFault } | null => {
  const stored = new Map(task.prompts.map((prompt) => [prompt.id, prompt]));
  const seen = new Set<string>();
  for (const entry of named) {
    const found = entry.change.id === undefined ? checkNew(task, entry) : checkNamed(stored.get(entry.id), entry);
    if (found !== null) return found;
    if (seen.has(entry.id)) {
      return fault(
        "request/invalid",
        `${entry.path}.id`,
        "The prompt is named twice: put all of its change in one place.",
      );
    }
    seen.add(entry.id);
  }
  return null;
};

const checkPlaces = (count: number, placed: readonly Named[]): { fault: ItemFault } | null => {
  const taken = new Set<number>();
  for (const { path, change } of placed) {
    const { position = 0 } = change;
    if (position >= count) {
      const message = `The task will have ${count} prompts, so the last place is ${count - 1}.`;
      return fault("request/invalid", `${path}.position`, message);
    }
    if (taken.has(position)) {
      return fault(
        "request/invalid",
        `${path}.position`,
        `Place ${position} is asked for twice: each prompt has its own.`,
      );
    }
    taken.add(position);
  }
  return null;
};

/** The ids in their new order: those in `places` where it says, the others around them in the order given. */
export const arrange = (ids: readonly string[], places: ReadonlyMap<string, number>): string[] => {
  const byPlace = new Map([...places].map(([id, position]) => [position, id]));
  const rest = ids.filter((id) => !places.has(id)).values();
  return ids.map((_id, position) => byPlace.get(position) ?? rest.next().value ?? "");
};

const planPrompts = (
  task: StoredTask,
  { id: taskId, prompts = [] }: TaskChange,
): Pick<TaskPlan, "deletes" | "updates" | "inserts"> | { fault: ItemFault } => {
  const named = prompts.map((change, index) => ({ change, path: `prompts.${index}`, id: change.id ?? newId() }));
  const unfit = checkPrompts(task, named);
  if (unfit !== null) return unfit;

  const deletes = named.filter(({ change }) => change.delete === true).map(({ id }) => id);
  const added = named.filter(({ change }) => change.id === undefined);
  const gone = new Set(deletes);
  const ids = [...task.prompts.map(({ id }) => id).filter((id) => !gone.has(id)), ...added.map(({ id }) => id)];
  if (added.length > 0 && ids.length > MAX_PROMPTS_OF_TASK) {
    return fault("request/invalid", "prompts", `A task has at most ${MAX_PROMPTS_OF_TASK} prompts.`);
  }
  const placed = named.filter(({ change }) => change.position !== undefined);
  const misplaced = checkPlaces(ids.length, placed);
  if (misplaced !== null) return misplaced;

  const order = arrange(ids, new Map(placed.map(({ id, change }) => [id, change.position ?? 0])));
  const placeOf = new Map(order.map((id, position) => [id, position]));
  const changes = new Map(named.map(({ id, change }) => [id, change]));
  const updates = task.prompts.flatMap(({ id }, before): PromptUpdate[] => {
    const position = placeOf.get(id);
    if (position === undefined) return [];
    const change = changes.get(id);
    const isTouched = change !== undefined && touches(change);
    return isTouched || position !== before ? [{ id, position, change: isTouched ? change : null }] : [];
  });
  const inserts = added.map(({ id, change }) => {
    const sceneId = task.sceneIds.get(change.sceneIndex ?? -1) ?? null;
    return { id, taskId, sceneId, position: placeOf.get(id) ?? 0, change };
  });
  return { deletes, updates, inserts };
};

/** What has to be written for this change, or why it cannot be. */
export const planTask = (task: StoredTask | undefined, change: TaskChange): TaskPlan | { fault: ItemFault } => {
  if (task === undefined) return { fault: taskNotFound };
  if (change.version !== undefined && change.version !== task.version) {
    const message = `The task is at version ${task.version}, not ${change.version}: read it again.`;
    return fault("request/stale", "version", message);
  }
  if (change.prompts !== undefined && change.prompts.length > 0 && !task.isOver) {
    const message = "The task is still at work: its prompts can be changed once it is completed, failed or canceled.";
    return fault("task/not-ready", "prompts", message);
  }
  const prompts = planPrompts(task, change);
  return "fault" in prompts ? prompts : { id: change.id, version: task.version + 1, change, ...prompts };
};
