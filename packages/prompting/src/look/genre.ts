import { GENRE_PROPS, GENRES, MUSIC_WORDS } from "../lexicons/genres.data.ts";
import type { StoryboardRequest } from "../port.ts";

type Genre = { name: string; feel: string; isPlainWord: boolean };

const genres: Genre[] = GENRES.trim()
  .split("\n")
  .flatMap((line) => {
    const [names = "", feel = ""] = line.split("|").map((part) => part.trim());
    return names.split(", ").map((name) => ({ name: name.replace("*", ""), feel, isPlainWord: name.endsWith("*") }));
  })
  // "hard rock" before "rock".
  .toSorted((a, b) => b.name.length - a.name.length);

/** "hip hop" is "hip-hop" as well. */
const spelled = (name: string): string => name.replaceAll(" ", String.raw`[\s-]`);
const music = `(?:${MUSIC_WORDS.replaceAll(" ", "|")})`;
const patternOf = ({ name, isPlainWord }: Genre): string =>
  String.raw`(?<![\p{L}\p{N}-])${spelled(name)}(?![\p{L}\p{N}-])${isPlainWord ? String.raw`(?=\s+${music}\b)` : ""}`;

const patterns = genres.map((genre) => ({ ...genre, pattern: new RegExp(patternOf(genre), "giu") }));
const musicWords = new RegExp(String.raw`\b${music}\b`, "giu");
const byName = new Map(genres.map((genre) => [genre.name, genre]));

const tidy = (text: string): string =>
  text
    .replaceAll(/\s+/gu, " ")
    .replaceAll(/\s+(?=,)|,(?=\s*,)/gu, "")
    .replaceAll(/^[\s,]+|[\s,]+$/gu, "");

/** A picture is not of a feeling alone: "gritty neon-lit urban" needs something to be. */
const IS_PICTURE =
  /(?:photo\w*|film still|still|shot|portrait|paint\w*|illustrat\w*|draw\w*|sketch\w*|art|poster|cover|render\w*|water-?colou?rs?|anime|manga|comics?|cartoon|engrav\w*|etching|woodcut\w*|collage|cinema\w*|style|look|3d|pixel|noir)\b/iu;

/**
 * What the caller asks the pictures to look like, with the look of a genre in the place of its name: "rap" becomes
 * "gritty neon-lit urban photograph", "jazz, watercolour" "smoky low-lit late-night, watercolour". Without a genre it
 * stays as it is.
 */
export const lookOfStyle = (asked: string): string => {
  const alone = byName.get(tidy(asked.replaceAll(musicWords, " ")).toLowerCase());
  if (alone !== undefined) return `${alone.feel} photograph`;
  let look = asked;
  for (const { pattern, feel } of patterns) look = look.replaceAll(pattern, feel);
  if (look === asked) return asked;
  const seen = tidy(look.replaceAll(musicWords, " "));
  return IS_PICTURE.test(seen) ? seen : `${seen} photograph`;
};

const HEADER = /^[^\S\n]*[[(]?genre\s*:\s*([^\n\])]{1,60})/imu;

const HEADER_SEGMENTS = 5;

/** What a text says of its own genre in a line such as "Genre: rap"; null where it says nothing. */
export const genreOf = (source: StoryboardRequest["source"]): string | null => {
  const segments = source.kind === "text" ? [source] : source.segments.slice(0, HEADER_SEGMENTS);
  const named = tidy(HEADER.exec(segments.map(({ text }) => text).join("\n"))?.[1] ?? "");
  return named === "" ? null : named;
};

const longestFirst = GENRE_PROPS.split("|").toSorted((a, b) => b.length - a.length);
const props = new RegExp(String.raw`(?<![\p{L}-])(?:${longestFirst.join("|")})(?![\p{L}-])`, "giu");

/** The things of stages and studios in the words of a prompt that the scene's own words do not name. */
export const inventedProps = (words: string, scene: string): string[] => {
  const own = scene.toLowerCase();
  return [...new Set(words.toLowerCase().match(props))].filter((prop) => !own.includes(prop.replace(/s$/u, "")));
};
