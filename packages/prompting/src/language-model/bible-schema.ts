import { type BibleEntity, ENTITY_KINDS, MAX_ENTITY_DESCRIPTION, MAX_ENTITY_NAME } from "@phonoscene/contracts";
import { z } from "zod";

import { entityId } from "../bible/entity-id.ts";
import type { SceneDraft } from "../port.ts";
import type { Reading } from "./ask.ts";
import type { JsonSchema } from "./assignment.ts";
import { findJson } from "./json.ts";
import { cleanValue, faultOf } from "./values.ts";
import { sceneText } from "./windows.ts";

const Name = z.string();

const Entry = z.object({
  kind: z.enum(ENTITY_KINDS),
  name: Name.describe("As the text calls it"),
  aliases: z.array(Name).describe("Other names that the text has for it"),
  looks: z
    .string()
    .nullable()
    .describe("Lasting looks, as the text says or suits it; null when there is nothing to say"),
});

/** Entries that mean one and the same, and what is to be said of it. */
const GroupAnswer = z.object({
  numbers: z.array(z.int()).describe("The numbers of the entries that mean the same"),
  name: Name,
  looks: z.string(),
});

const Found = z.object({ entities: z.array(Entry) });
const Grouped = z.object({ entities: z.array(GroupAnswer) });

const schemaOf = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...sent } = z.toJSONSchema(schema, {
    target: "draft-7",
    override: ({ jsonSchema }) => {
      if (jsonSchema.type !== "integer") return;
      delete jsonSchema.minimum;
      delete jsonSchema.maximum;
    },
  });
  return sent;
};

export const FOUND_SCHEMA = schemaOf(Found);
export const GROUPED_SCHEMA = schemaOf(Grouped);

/** Where a name stands in a text as a word of its own. */
const mentions = (text: string, name: string): boolean => {
  const [low, word] = [text.toLowerCase(), name.toLowerCase()];
  const at = low.indexOf(word);
  return at !== -1 && !/\p{L}/u.test(`${low[at - 1] ?? ""}${low[at + word.length] ?? ""}`);
};

const indexesOf = (scenes: readonly SceneDraft[], names: readonly string[]): number[] =>
  scenes.filter((scene) => names.some((name) => mentions(sceneText(scene), name))).map(({ index }) => index);

type Context = { scenes: readonly SceneDraft[]; delimiter: string };

const usableName = (raw: string, { delimiter }: Context): string | null => {
  const name = cleanValue(raw).replace(/^(?:the|an?)\s+/iu, "");
  return name.length <= MAX_ENTITY_NAME && faultOf(name, delimiter) === null ? name : null;
};

const usableLooks = (raw: string | null, { delimiter }: Context): string | null => {
  const looks = cleanValue(raw ?? "");
  return looks.length <= MAX_ENTITY_DESCRIPTION && faultOf(looks, delimiter) === null ? looks : null;
};

/** An entry whose names the text does not have is nobody of the story. */
const toEntity = (entry: z.infer<typeof Entry>, context: Context): BibleEntity[] => {
  const names = [entry.name, ...entry.aliases].flatMap((name) => usableName(name, context) ?? []);
  const told = names.filter((name) => indexesOf(context.scenes, [name]).length > 0);
  const [name, ...aliases] = [...new Set(told)];
  const looks = usableLooks(entry.looks, context);
  if (name === undefined || looks === null) return [];
  const sceneIndexes = indexesOf(context.scenes, told);
  return [
    {
      id: entityId(entry.kind, name),
      kind: entry.kind,
      name,
      aliases,
      description: looks,
      sceneIndexes,
      origin: "text",
    },
  ];
};

const parse = <Schema extends z.ZodType>(text: string, schema: Schema): z.output<Schema> | { fault: string } => {
  const found = findJson(text);
  if (found === null) return { fault: "The answer is not JSON." };
  const parsed = schema.safeParse(found.json);
  return parsed.success
    ? parsed.data
    : { fault: `The answer does not match the schema: ${z.prettifyError(parsed.error)}` };
};

/** Reads who and what a window of the text names. Entries that cannot be used are left out: the list is only a help. */
export const readFound = (text: string, context: Context): Reading<BibleEntity[] | null> => {
  const answer = parse(text, Found);
  if ("fault" in answer) return { value: null, faults: [answer.fault] };
  return { value: answer.entities.flatMap((entry) => toEntity(entry, context)), faults: [] };
};

export type Group = { numbers: number[]; looks: string | null };

/** Reads which entries mean the same. Numbers that there are not count for nothing. */
export const readGroups = (
  text: string,
  { count, ...context }: Context & { count: number },
): Reading<Group[] | null> => {
  const answer = parse(text, Grouped);
  if ("fault" in answer) return { value: null, faults: [answer.fault] };
  const groups = answer.entities.map(({ numbers, looks }) => ({
    numbers: [...new Set(numbers)].filter((number) => number >= 0 && number < count),
    looks: usableLooks(looks, context),
  }));
  return { value: groups, faults: [] };
};
