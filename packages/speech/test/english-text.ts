import { isNumeric, withFigures } from "./english-numbers.ts";
import { american } from "./english-spelling.ts";

const FILLERS = /\b(hmm|mm|mhm|mmm|uh|um)\b/g;

const TITLES: Record<string, string> = {
  mr: "mister",
  mrs: "missus",
  st: "saint",
  dr: "doctor",
  prof: "professor",
  capt: "captain",
  gov: "governor",
  ald: "alderman",
  gen: "general",
  sen: "senator",
  rep: "representative",
  pres: "president",
  rev: "reverend",
  hon: "honorable",
  asst: "assistant",
  assoc: "associate",
  lt: "lieutenant",
  col: "colonel",
  jr: "junior",
  sr: "senior",
  esq: "esquire",
};

const SHORT_FORMS: Record<string, string> = {
  "won't": "will not",
  "can't": "can not",
  "let's": "let us",
  "ain't": "aint",
  "y'all": "you all",
  wanna: "want to",
  gotta: "got to",
  gonna: "going to",
  "i'ma": "i am going to",
  imma: "i am going to",
  woulda: "would have",
  coulda: "could have",
  shoulda: "should have",
  "ma'am": "madam",
};

/** In this order: "'d been" is "had been", any other "'d" is "would". */
const CONTRACTIONS: readonly [RegExp, string][] = [
  [/'d (been|gone|done)\b/g, " had $1"],
  [/'s (been|gone|got)\b/g, " has $1"],
  [/n't\b/g, " not"],
  [/'re\b/g, " are"],
  [/'s\b/g, " is"],
  [/'d\b/g, " would"],
  [/'ll\b/g, " will"],
  [/'t\b/g, " not"],
  [/'ve\b/g, " have"],
  [/'m\b/g, " am"],
];

const LIGATURES: Record<string, string> = { œ: "oe", ø: "o", æ: "ae", ß: "ss", đ: "d", ð: "d", þ: "th", ł: "l" };

const plainLetters = (text: string): string =>
  text
    .normalize("NFKD")
    .replaceAll(/\p{Mn}/gu, "")
    .replaceAll(/[œøæßđðþł]/g, (letter) => LIGATURES[letter] ?? letter)
    .replaceAll(/(?![.%$¢€£])[\p{M}\p{S}\p{P}]/gu, " ");

/** Written-out forms in place of titles, contractions and slang. */
const spelledOut = (text: string): string => {
  const words = text.replaceAll(/\s+'/g, "'").replaceAll(/[a-z']+/g, (word) => SHORT_FORMS[word] ?? word);
  const titled = words.replaceAll(/\b[a-z]+\b/g, (word) => (word in TITLES ? `${TITLES[word]} ` : word));
  return CONTRACTIONS.reduce((spelled, [short, long]) => spelled.replaceAll(short, long), titled);
};

/** Figures and letters apart, but an ending stays with its figure: "42nd". */
const splitFigures = (text: string): string =>
  text
    .replaceAll(/\b(\w+) and a half\b/g, (whole, word: string) => (isNumeric(word) ? `${word} point five` : whole))
    .replaceAll(/([a-z])(\d)/g, "$1 $2")
    .replaceAll(/(\d)([a-z])/g, "$1 $2")
    .replaceAll(/(\d)\s+(st|nd|rd|th|s)\b/g, "$1$2");

/** "$2 and ¢7" is $2.07. */
const joinCents = (text: string): string =>
  text
    .replaceAll(/([€£$]\d+) (?:and )?¢(\d)\b/g, "$1.0$2")
    .replaceAll(/([€£$]\d+) (?:and )?¢(\d\d)\b/g, "$1.$2")
    .replaceAll(/[€£$]0\.(\d{1,2})\b/g, "¢$1");

/**
 * Text as it is compared: what the English normaliser of Whisper does. Lower case; no bracketed remarks, fillers,
 * punctuation or accents; contractions and titles spelled out; numbers in figures; American spelling.
 */
export const normaliseEnglish = (text: string): string => {
  const bare = text
    .toLowerCase()
    .replaceAll("’", "'")
    .replaceAll(/[<[][^>\]]*[>\]]/g, "")
    .replaceAll(/\(([^)]+?)\)/g, "")
    .replaceAll(FILLERS, "");
  const letters = plainLetters(
    spelledOut(bare)
      .replaceAll(/(\d),(\d)/g, "$1$2")
      .replaceAll(/\.([^0-9]|$)/g, " $1"),
  );
  const figures = withFigures(
    splitFigures(letters)
      .split(/\s+/)
      .filter((word) => word !== ""),
  );
  return joinCents(figures.join(" "))
    .split(" ")
    .map(american)
    .join(" ")
    .replaceAll(/\b1(s?)\b/g, "one$1")
    .replaceAll(/[.$¢€£](\D|$)/g, " $1")
    .replaceAll(/(\D)%/g, "$1 ")
    .replaceAll(/\s+/g, " ")
    .trim();
};
