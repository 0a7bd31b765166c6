/** Words about making pictures: in a finished subject or keyword they are noise. */
export const META_WORDS =
  "image picture photo photograph prompt scene illustration depiction shot midjourney stable-diffusion dall-e render storyboard caption text segment transcript";

/** A generator's own syntax, which a text must not smuggle in. */
export const NEGATIVE_DEFAULTS = {
  sdxl: "blurry, low quality, deformed hands, extra limbs, watermark, text, signature, frame",
  midjourney: "text, watermark, frame",
} as const;

/** What FLUX and GPT Image are told instead of a negative: `unwanted: how to say the opposite`. */
export const POSITIVE_OPPOSITES: Readonly<Record<string, string>> = {
  text: "free of lettering",
  letters: "free of lettering",
  words: "free of lettering",
  watermark: "clean and unmarked",
  watermarks: "clean and unmarked",
  signature: "unsigned",
  frame: "filling the whole image edge to edge",
  border: "filling the whole image edge to edge",
  people: "deserted and still",
  person: "deserted and still",
  humans: "deserted and still",
  crowd: "with plenty of empty space",
  cars: "with traffic-free streets",
  car: "with traffic-free streets",
  animals: "with only landscape and objects",
  blur: "in crisp focus",
  blurry: "in crisp focus",
  noise: "smooth and clean in tone",
  grain: "smooth and clean in tone",
  colour: "in black and white",
  color: "in black and white",
  colours: "in restrained tones",
  colors: "in restrained tones",
  darkness: "brightly lit",
  shadows: "evenly lit",
  clouds: "under a clear sky",
  rain: "in dry weather",
  snow: "on bare ground",
  fog: "in clear air",
  violence: "calm and gentle",
  blood: "calm and clean",
  weapons: "with empty hands",
  smiling: "with serious faces",
  hats: "bareheaded",
  glasses: "with uncovered eyes",
  clutter: "tidy and uncluttered",
  buildings: "in open nature",
  trees: "in open treeless land",
  modern: "true to its period",
};
