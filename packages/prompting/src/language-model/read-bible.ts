import { randomBytes } from "node:crypto";

import { type BibleEntity, MAX_ALIASES, MAX_BIBLE_ENTITIES } from "@phonoscene/contracts";
import { type AppError, OPEN_GATE } from "@phonoscene/kernel";

import type { BibleRequest } from "../port.ts";
import { askAndRepair, endsRun } from "./ask.ts";
import { createFindQuestion, createReduceQuestion } from "./bible-question.ts";
import { type Group, readFound, readGroups } from "./bible-schema.ts";
import { invalidAnswerError } from "./failures.ts";
import type { AskOptions, Ladder } from "./ladder.ts";
import { addUsage, type Tokens } from "./usage.ts";
import { takeWindow, type WindowLimits } from "./windows.ts";

export type BibleRun = {
  /** Most important first. */
  entities: BibleEntity[];
  /** Of windows that were not read, or of the list that was not reduced. */
  errors: AppError[];
  usage: Tokens | null;
};

const newDelimiter = (): string => randomBytes(12).toString("hex");

const namesOf = ({ name, aliases }: BibleEntity): string[] => [name, ...aliases].map((word) => word.toLowerCase());

/** One entry of two that mean the same, under the name of the one that is seen more. */
const unite = (one: BibleEntity, other: BibleEntity): BibleEntity => {
  const [first, second] = other.sceneIndexes.length > one.sceneIndexes.length ? [other, one] : [one, other];
  const names = new Map(
    [first.name, ...first.aliases, second.name, ...second.aliases].map((name) => [name.toLowerCase(), name]),
  );
  names.delete(first.name.toLowerCase());
  return {
    ...first,
    aliases: [...names.values()].slice(0, MAX_ALIASES),
    sceneIndexes: [...new Set([...first.sceneIndexes, ...second.sceneIndexes])].toSorted((a, b) => a - b),
  };
};

const bySceneCount = (entities: readonly BibleEntity[]): BibleEntity[] =>
  entities.toSorted((a, b) => b.sceneIndexes.length - a.sceneIndexes.length).slice(0, MAX_BIBLE_ENTITIES);

/** Puts together entries of one kind that share a name. */
const mergeByName = (entities: readonly BibleEntity[]): BibleEntity[] => {
  const merged: BibleEntity[] = [];
  for (const entity of entities) {
    const names = new Set(namesOf(entity));
    const at = merged.findIndex(
      (known) => known.kind === entity.kind && namesOf(known).some((name) => names.has(name)),
    );
    const known = merged[at];
    if (known === undefined) merged.push(entity);
    else merged[at] = unite(known, entity);
  }
  return bySceneCount(merged);
};

/** Puts together what the model says is the same; of one kind only, and each entry once. */
const mergeGroups = (entities: readonly BibleEntity[], groups: readonly Group[]): BibleEntity[] => {
  const left = new Set(entities.keys());
  const united = groups.flatMap(({ numbers, looks }): BibleEntity[] => {
    const kind = entities[numbers[0] ?? -1]?.kind;
    const members = numbers.filter((number) => left.delete(number)).flatMap((number) => entities[number] ?? []);
    const same = members.filter((entity) => entity.kind === kind);
    const others = members.filter((entity) => entity.kind !== kind);
    const [first, ...rest] = same;
    if (first === undefined) return others;
    const one = rest.reduce(unite, first);
    return [rest.length > 0 && looks !== null ? { ...one, description: looks } : one, ...others];
  });
  return bySceneCount([...united, ...[...left].flatMap((number) => entities[number] ?? [])]);
};

type Settings = { options: AskOptions; limits: WindowLimits };

/** Reads windows of the text one after the other. A window that is too long for the model is asked for in halves. */
const findInWindows = async (ladder: Ladder, request: BibleRequest, { options, limits }: Settings) => {
  const found: BibleEntity[] = [];
  const errors: AppError[] = [];
  let [scenesAtOnce, windows, isDown] = [limits.scenes, 0, false];
  for (let start = 0; start < request.scenes.length;) {
    request.signal.throwIfAborted();
    const scenes = takeWindow(request.scenes, start, { ...limits, scenes: scenesAtOnce }).map(({ scene }) => scene);
    const delimiter = newDelimiter();
    const { value, failure } = await askAndRepair<BibleEntity[] | null>(
      ladder,
      {
        question: createFindQuestion(scenes, request.language, delimiter),
        read: (text) => readFound(text, { scenes, delimiter }),
        join: (first, second) => second ?? first,
      },
      options,
    );
    if (failure?.kind === "too-long" && scenes.length > 1) {
      scenesAtOnce = Math.ceil(scenes.length / 2);
      continue;
    }
    if (failure !== null || value === null) errors.push(failure?.error ?? invalidAnswerError());
    found.push(...(value ?? []));
    windows += 1;
    isDown = endsRun(failure);
    start = isDown ? request.scenes.length : start + scenes.length;
  }
  return { found, errors, windows, isDown };
};

/**
 * Reads who and what a text of any length names: window by window, then, where there was more than one, one question
 * about the whole list, since an old man of one window may be the Tomas Berg of the next.
 * @throws the request's abort reason.
 */
export const runBible = async (ladder: Ladder, request: BibleRequest, limits: WindowLimits): Promise<BibleRun> => {
  let usage: Tokens | null = null;
  const options: AskOptions = {
    seed: request.seed,
    signal: request.signal,
    gate: request.gate ?? OPEN_GATE,
    onUsage: (tokens) => (usage = addUsage(usage, tokens)),
  };
  const { found, errors, windows, isDown } = await findInWindows(ladder, request, { options, limits });
  const entities = mergeByName(found);
  if (windows < 2 || entities.length < 2 || isDown) return { entities, errors, usage };
  const delimiter = newDelimiter();
  const { value: groups, failure } = await askAndRepair<Group[] | null>(
    ladder,
    {
      question: createReduceQuestion(entities, delimiter),
      read: (text) => readGroups(text, { scenes: request.scenes, delimiter, count: entities.length }),
      join: (first, second) => second ?? first,
    },
    options,
  );
  if (groups === null) return { entities, errors: [...errors, failure?.error ?? invalidAnswerError()], usage };
  return { entities: mergeGroups(entities, groups), errors, usage };
};
