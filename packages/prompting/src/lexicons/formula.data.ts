export const DEFAULT_SLOT_NAMES = [
  "subject",
  "keywords",
  "camera",
  "lens",
  "timeOfDay",
  "photography",
  "film",
] as const;

/** Light by mood, for formulas that ask for it. */
export const LIGHTING: Readonly<Record<string, string>> = {
  melancholy: "soft overcast light",
  eerie: "dim cold light with deep shadows",
  tense: "hard side light",
  stormy: "dark, broken storm light",
  heroic: "strong backlight",
  wondrous: "soft glowing light",
  joyful: "bright sunlight",
  romantic: "warm diffused light",
  peaceful: "gentle morning light",
  cosy: "warm lamplight",
  majestic: "clear raking light",
  austere: "flat cold light",
  scholarly: "warm window light",
  lively: "bright mixed light",
};

export const PALETTES: Readonly<Record<string, string>> = {
  melancholy: "slate blue and faded ochre",
  eerie: "black, ash grey and sickly green",
  tense: "deep red and charcoal",
  stormy: "steel grey and sea green",
  heroic: "gold, crimson and deep blue",
  wondrous: "indigo, silver and violet",
  joyful: "yellow, coral and sky blue",
  romantic: "blush pink and warm ivory",
  peaceful: "sage green and pale blue",
  cosy: "amber, rust and cream",
  majestic: "deep blue, gold and stone grey",
  austere: "white, iron grey and pale blue",
  scholarly: "sepia, parchment and walnut brown",
  lively: "saturated primary colours",
};

/** Framings a seed chooses from, one for the whole set. */
export const COMPOSITIONS = [
  "wide establishing shot",
  "medium shot at eye level",
  "rule-of-thirds composition",
  "low-angle shot",
  "centred symmetrical composition",
  "layered foreground and background",
  "over-the-shoulder view",
  "full-length shot",
] as const;
