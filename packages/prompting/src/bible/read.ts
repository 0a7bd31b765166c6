import { chooseLook } from "../look/style.ts";
import type { BibleRequest, BibleResult, PromptEngine, Storyboard, StoryboardRequest, StyleSet } from "../port.ts";
import { mergeBible } from "./merge.ts";

type Asked = Pick<StoryboardRequest, "source" | "options" | "bible" | "savedStyle" | "gate" | "signal">;

export type ReadBible = Pick<Storyboard["bible"], "entities" | "style"> & BibleResult;

/** Who, where and what to show, and in which look: read from the text, around what the owner wrote. */
export const readBible = async (
  engine: PromptEngine,
  asked: Asked,
  text: Pick<BibleRequest, "scenes" | "language">,
): Promise<ReadBible> => {
  const { options, bible = null, gate, signal } = asked;
  const found = await engine.readBible({ ...text, seed: options.seed, gate, signal });
  const style = bible?.style.isEdited === true ? bible.style : { ...chooseLook(asked), isEdited: false };
  return { ...found, entities: mergeBible(bible, found.entities), style };
};

/** What engines need of a bible's style. */
export const toStyleSet = ({ camera, lens, photography, film }: StyleSet): StyleSet => ({
  camera,
  lens,
  photography,
  film,
});
