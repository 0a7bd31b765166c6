/** The formula's known slots: key, what a person reads, and other names people give them. */
export const KNOWN_SLOTS = [
  {
    name: "subject",
    label: "subject description",
    synonyms:
      "subject|subject description|main subject|description|scene|scene description|what happens|content|character|characters|action",
  },
  {
    name: "keywords",
    label: "5 descriptive keywords",
    synonyms:
      "keywords|descriptive keywords|5 descriptive keywords|five descriptive keywords|adjectives|descriptors|details|tags|key words",
  },
  { name: "camera", label: "camera type", synonyms: "camera|camera type|type of camera|camera model|camera body" },
  {
    name: "lens",
    label: "camera lens type",
    synonyms: "lens|camera lens|camera lens type|lens type|type of lens|focal length",
  },
  {
    name: "timeOfDay",
    label: "time of day",
    synonyms: "time|time of day|hour|daytime|time of the day|part of day",
  },
  {
    name: "photography",
    label: "style of photograph",
    synonyms:
      "style|style of photograph|photograph style|photo style|style of photo|photography style|type of photograph|style of photography|art style|image style|visual style",
  },
  { name: "film", label: "type of film", synonyms: "film|type of film|film type|film stock" },
  {
    name: "mood",
    label: "mood",
    synonyms: "mood|atmosphere|emotion|tone|feeling|vibe",
  },
  { name: "place", label: "place", synonyms: "place|setting|location|environment|background|where|scenery" },
  { name: "weather", label: "weather", synonyms: "weather|weather conditions" },
  { name: "lighting", label: "lighting", synonyms: "light|lighting|light source|illumination" },
  { name: "palette", label: "colour palette", synonyms: "palette|colour palette|color palette|colours|colors" },
  { name: "composition", label: "composition", synonyms: "composition|framing|shot|shot type|angle|camera angle" },
] as const;

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
