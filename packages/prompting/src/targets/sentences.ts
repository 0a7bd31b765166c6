import type { Slot } from "@phonoscene/contracts";

import { articleFor } from "../english/words.ts";

/** A letter whose capital is two ("ß") stays as it is: the slot would not be found in the string. */
export const capitalise = (text: string): string => {
  const capital = text.slice(0, 1).toUpperCase();
  return capital.length === 1 ? `${capital}${text.slice(1)}` : text;
};

export const slotValue = (slots: readonly Slot[], name: string): string =>
  slots.find((slot) => slot.name === name)?.value ?? "";

export const asSentence = (text: string): string =>
  text === "" ? "" : `${capitalise(text.replace(/[.,;\s]+$/u, ""))}.`;

const STYLE_NAMES = new Set(["camera", "lens", "photography", "film"]);
const LEAD_NAMES = new Set(["subject", ...STYLE_NAMES]);

/** The values that are neither the subject nor the style, in the formula's order. */
export const contextValues = (slots: readonly Slot[]): string[] =>
  slots.filter(({ name }) => !LEAD_NAMES.has(name)).map(({ value }) => value);

/** "A film still, shot on a 35mm cinema camera with a 32mm prime lens, Kodak Vision2 500T film" */
export const styleSentence = (slots: readonly Slot[]): string => {
  const [photography, camera, lens, film] = ["photography", "camera", "lens", "film"].map((name) =>
    slotValue(slots, name),
  );
  const parts = [
    photography === "" || photography === undefined ? "" : photography,
    camera === "" || camera === undefined
      ? ""
      : /camera/iu.test(camera)
        ? `shot on ${articleFor(camera)} ${camera}`
        : camera,
    lens === "" || lens === undefined ? "" : /lens|pinhole/iu.test(lens) ? `with ${articleOfLens(lens)} ${lens}` : lens,
    film === "" || film === undefined ? "" : /film$/iu.test(film) ? `on ${film}` : film,
  ];
  const spoken = parts.filter((part) => part !== "");
  return asSentence(
    spoken
      .join(" ")
      .replace(/ (?=shot on)/u, " ")
      .replaceAll(/ (?=eye-level|natural perspective|visible handmade)/gu, ", "),
  );
};

/** By its sound, "an 85mm lens", "an 8mm lens". */
const articleOfLens = (lens: string): string => (/^(?:8|11|18)/u.test(lens) ? "an" : articleFor(lens));

/** `wide`, `tall` or `square`, for targets that take no ratio. */
export const orientation = (aspectRatio: string): "wide" | "tall" | "square" => {
  const [width = 1, height = 1] = aspectRatio.split(":").map(Number);
  return width === height ? "square" : width > height ? "wide" : "tall";
};
