/** A generator's flag where one may begin: `--ar`, and the dashes that keyboards turn it into. */
const FLAG = String.raw`(?<=^|[\s,;])(?:-{2,}|[—–])`;
const NEGATIVE_FLAG = new RegExp(String.raw`${FLAG}no\s+(?:(?!\s(?:-{2,}|[—–])\p{L})[^,;])*`, "giu");
const WORD_FLAG = new RegExp(String.raw`${FLAG}(?:style|[sco]ref|p|profile)\s+[^\s,;]+`, "giu");
const OTHER_FLAG = new RegExp(String.raw`${FLAG}\p{L}[\p{L}\p{N}]*(?:[\s=]+[\d.:]+(?![\p{L}\p{N}]))?`, "giu");

/**
 * One line of plain words: no flags, weights, brackets, quotes, addresses or invisible characters, so that nothing the
 * transcript says can become a generator's syntax.
 */
export const cleanValue = (value: string): string =>
  value
    .normalize("NFC")
    .replace(/\p{Cf}+/gu, "")
    .replace(/[\p{C}\p{Z}]+/gu, " ")
    .replace(/\b[a-z][a-z\d+.-]*:\/\/\S+/giu, " ")
    .replace(/^\s*\/[a-z]+\s+(?:prompt\s*:)?/iu, "")
    .replace(NEGATIVE_FLAG, " ")
    .replace(WORD_FLAG, " ")
    .replace(OTHER_FLAG, " ")
    .replace(/-{2,}/gu, ", ")
    .replace(/:{2,}\s*-?[\d.]*/gu, ", ")
    .replace(/:\s*[\d.]+(?=\s*[)\]])/gu, "")
    .replace(/[()[\]{}<>|\\`"“”„«»*_#~^]+/gu, " ")
    .replace(/\s+/gu, " ")
    .replace(/\s+(?=[,.;:!?])/gu, "")
    .replace(/,(?:\s*,)+/gu, ",")
    .replace(/^[\s,;:.-]+|[\s,;:.-]+$/gu, "");

const PLACEHOLDER =
  /^(?:unknown|none|n\/?a|null|undefined|unspecified|unclear|empty|string|tbd|not (?:specified|mentioned|stated|applicable|available|known|given))$/iu;

/** What a model says about itself or its orders, never about a picture. */
const ASSISTANT_TALK =
  /\b(?:as an ai|(?:large )?language model|i(?:'m| am) (?:sorry|unable)|i can(?:not|'t) (?:help|assist|comply|do)|(?:ignor|disregard)\w* (?:all |any )?(?:of )?(?:the |your )?(?:previous|prior|above)|system (?:prompt|message))\b/iu;

/** "CANARY-7f3a": of letters and digits as nobody says them. */
const CODE =
  /(?<![\p{L}\p{N}])(?=[A-Za-z\d_-]*\d)(?=[A-Za-z\d_-]*[A-Za-z])(?=[A-Za-z\d-]*[A-Z_])[A-Za-z\d_-]{8,}(?![\p{L}\p{N}])/u;

const MAX_VALUE_CHARACTERS = 400;

/** What is wrong with a cleaned value, for the model that has to repair it; null when nothing is. */
export const faultOf = (value: string, delimiter: string): string | null => {
  if (value === "") return "is empty";
  if (PLACEHOLDER.test(value)) return "is a placeholder, not something a picture can show";
  if (value.length > MAX_VALUE_CHARACTERS) return `is longer than ${MAX_VALUE_CHARACTERS} characters`;
  if (value.includes(delimiter)) return "repeats the delimiter";
  if (CODE.test(value)) return "has a code, not something a picture can show";
  if (ASSISTANT_TALK.test(value)) return "talks about instructions, not about the scene";
  return null;
};
