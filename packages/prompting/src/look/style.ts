import type { TaskOptions } from "@phonoscene/contracts";

import { STYLE_SETS } from "../lexicons/styles.data.ts";
import type { SavedStyle, StyleSet } from "../port.ts";

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

/**
 * One look for the whole set: by the seed, or the caller's own style in the style's place. A drawn or painted style
 * gets no camera.
 */
export const chooseStyle = (seed: number, asked: string | null): StyleSet => {
  const chosen = sets[(seed * STRIDE) % sets.length] ?? sets[0]!;
  if (asked === null) return chosen;
  return { ...chosen, ...(DRAWN.test(asked) ? DRAWN_VIEW : {}), photography: asked };
};

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
export const chooseLook = ({ seed, style }: TaskOptions, saved: SavedStyle | null): StyleSet => {
  const chosen = chooseStyle(seed, style ?? saved?.style ?? null);
  if (saved === null || style !== null) return chosen;
  const { camera, lens, photography, film } = saved;
  return {
    camera: camera ?? chosen.camera,
    lens: lens ?? chosen.lens,
    photography: photography ?? chosen.photography,
    film: film ?? chosen.film,
  };
};
