import type { BibleEntity } from "@phonoscene/contracts";

import type { SceneDraft } from "../port.ts";
import { FOUND_SCHEMA, GROUPED_SCHEMA } from "./bible-schema.ts";
import { describeData, enclose, type Question } from "./question.ts";
import { sceneText } from "./windows.ts";

const FIND = `You read a transcript and note down who and what its pictures will show more than once, so that each looks the same in all of them.

- Characters (people and animals), places, and objects that matter to the story. Not everything that is named: what comes back, or has a name or looks of its own.
- "name" and "aliases" are the text's own words, in its own language.
- "looks" is one short English phrase that begins with what it is: "an old fisherman in a yellow oilskin coat". Age, build, hair, clothes, colours, materials: what a camera could see and what lasts. No feelings, no deeds, no names. Where the text says nothing, choose what suits it.
- No parameters of image generators: no "--", no "::", no brackets, no quotes, no web addresses.`;

const REDUCE = `You get a list of who and what was found in parts of one transcript, each entry with its number. Some mean the same: "the old man" of one part may be "Tomas Berg" of another.

- Answer with one entry for each character, place or object: the numbers of the entries that mean it, each number in one entry only.
- Put entries together only where the names and looks leave no doubt. "looks" is then one short English phrase that goes with all of them.`;

/** Asks who and what a window of scenes names. */
export const createFindQuestion = (scenes: readonly SceneDraft[], language: string, delimiter: string): Question => ({
  system: [FIND, describeData(delimiter)].join("\n\n"),
  turns: [
    {
      role: "user",
      content: enclose(
        { language, scenes: scenes.map((scene) => ({ sceneIndex: scene.index, text: sceneText(scene) })) },
        delimiter,
      ),
    },
  ],
  schema: FOUND_SCHEMA,
});

/** Asks which entries of a list mean the same. */
export const createReduceQuestion = (entities: readonly BibleEntity[], delimiter: string): Question => {
  const entries = entities.map(({ kind, name, aliases, description }, number) => ({
    number,
    kind,
    name,
    aliases,
    looks: description,
  }));
  return {
    system: [REDUCE, describeData(delimiter)].join("\n\n"),
    turns: [{ role: "user", content: enclose({ entries }, delimiter) }],
    schema: GROUPED_SCHEMA,
  };
};
