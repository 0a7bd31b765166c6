import type { TaskOptions } from "@phonoscene/contracts";

import { CONTENT_LOOKS } from "../lexicons/content-types.data.ts";
import { STYLE_SETS } from "../lexicons/styles.data.ts";
import type { SavedStyle, StoryboardRequest, StyleSet } from "../port.ts";
import { genreOf, lookOfStyle } from "./genre.ts";

const sets: StyleSet[] = STYLE_SETS.trim()
  .split("\n")
  .map((line) => {
    const [camera = "", lens = "", photography = "", film = ""] = line.split("|").map((part) => part.trim());
    return { camera, lens, photography, film };
  });

/** Prime to the number of sets, so that neighbouring seeds never share a look. */
const STRIDE = 29;

/** Styles in which no camera has a place; the formula's camera slots then speak of the view and the surface. */
const DRAWN =
  /\b(?:paint\w*|water-?colou?rs?|oil on|illustrat\w*|draw\w*|sketch\w*|anime|manga|comic\w*|cartoon\w*|pixel|3d|render\w*|woodcut\w*|engrav\w*|etching\w*|lino\w*|collage|pastels?|ink|charcoal|gouache|fresco|mosaic|stained|vector|low poly|claymation|origami|embroider\w*|tapestry|impressionis\w*|cubis\w*|surrealis\w*)\b/iu;
const DRAWN_VIEW = { camera: "eye-level view", lens: "natural perspective", film: "visible handmade texture" };

/** The sets that suit the kind of text; all where nobody says. */
const setsFor = (contentType: TaskOptions["contentType"]): StyleSet[] => {
  if (contentType === null) return sets;
  const looks = CONTENT_LOOKS[contentType].looks.split(" ");
  return sets.filter(({ photography }) => looks.some((look) => photography.split(" ").includes(look)));
};

/**
 * One look for the whole set: by the seed, or in the style's place the caller's own, or the genre that the text names. A drawn or painted style
 * gets no camera.
 */
export const chooseStyle = (
  { seed, contentType, style: asked }: Pick<TaskOptions, "seed" | "style" | "contentType">,
  source: StoryboardRequest["source"],
): StyleSet => {
  const style = asked ?? genreOf(source);
  const suited = setsFor(contentType);
  const chosen = suited[(seed * STRIDE) % suited.length] ?? sets[0]!;
  if (style === null) return chosen;
  const photography = lookOfStyle(style);
  return { ...chosen, ...(DRAWN.test(photography) ? DRAWN_VIEW : {}), photography };
};

type LookRequest = Pick<StoryboardRequest, "options" | "savedStyle" | "source">;

/** The options with what a saved style says where they leave it open. */
export const withSavedStyle = (options: TaskOptions, saved: SavedStyle | null): TaskOptions =>
  saved === null
    ? options
    : {
        ...options,
        style: options.style ?? saved.style,
        negative: options.negative ?? saved.negative,
        aspectRatio: options.aspectRatio ?? saved.aspectRatio,
      };

/** The look of `chooseStyle`, with the parts that a saved style names, unless the task has a style of its own. */
export const chooseLook = ({ options, savedStyle: saved = null, source }: LookRequest): StyleSet => {
  const chosen = chooseStyle({ ...options, style: options.style ?? saved?.style ?? null }, source);
  if (saved === null || options.style !== null) return chosen;
  const { camera, lens, photography, film } = saved;
  return {
    camera: camera ?? chosen.camera,
    lens: lens ?? chosen.lens,
    photography: photography ?? chosen.photography,
    film: film ?? chosen.film,
  };
};
