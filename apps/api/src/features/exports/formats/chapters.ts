import { type Chapters, type Scene, type Storyboard } from "@phonoscene/contracts";
import { SECOND } from "@phonoscene/kernel";

import { toJson } from "./json.ts";
import { oneLine } from "./one-line.ts";

const TITLE_CHARACTERS = 80;

/** The scene's first words, cut between words where there is a place to cut. */
const titleOf = ({ excerpt, index }: Scene): string => {
  const words = oneLine(excerpt);
  const characters = Array.from(words);
  if (characters.length === 0) return `Scene ${index + 1}`;
  if (characters.length <= TITLE_CHARACTERS) return words;
  const start = characters.slice(0, TITLE_CHARACTERS).join("");
  const cut = start.lastIndexOf(" ");
  return `${cut > TITLE_CHARACTERS / 2 ? start.slice(0, cut) : start}…`;
};

/** Podcasting 2.0 chapters, one a scene; scenes without times are left out. */
export const toChapters = ({ name, scenes }: Storyboard): Generator<string> => {
  const chapters: Chapters["chapters"] = scenes.flatMap((scene) =>
    scene.startMs === null || scene.endMs === null
      ? []
      : [{ startTime: scene.startMs / SECOND, endTime: scene.endMs / SECOND, title: titleOf(scene) }],
  );
  return toJson({ version: "1.2.0", ...(name !== null && { title: name }), chapters } satisfies Chapters);
};
