import { AppError } from "@phonoscene/kernel";

/** The languages of Universal-2, by ISO 639-1 (the provider writes `jw` for Javanese and `haw` for Hawaiian). */
const KNOWN = new Set(
  (
    "en es fr de it pt nl af sq am ar hy as az ba eu be bn bs br bg my ca zh hr cs da et fo fi gl ka el gu ht ha haw he " +
    "hi hu is id ja jw kn kk km ko lo la lv ln lt lb mk mg ms ml mt mi mr mn ne no nn oc pa ps fa pl ro ru sa sr sn sd " +
    "si sk sl so su sw sv tl tg ta tt te th bo tr tk uk ur uz vi cy yi yo"
  ).split(" "),
);

/** Tags that differ between BCP 47 and the provider, in both directions. */
const REGIONAL: readonly [tag: string, code: string][] = [
  ["en-US", "en_us"],
  ["en-GB", "en_uk"],
  ["en-AU", "en_au"],
  ["de-CH", "de_ch"],
];
const RENAMED: readonly [tag: string, code: string][] = [
  ["jv", "jw"],
  ["fil", "tl"],
  ["nb", "no"],
];

/**
 * The provider's code for a BCP 47 tag; null for `auto`. Made from our own table, never from the caller's string.
 * @throws AppError "language_unsupported".
 */
export const toProviderLanguage = (tag: string): string | null => {
  if (tag.toLowerCase() === "auto") return null;
  const regional = REGIONAL.find(([known]) => known.toLowerCase() === tag.toLowerCase());
  if (regional !== undefined) return regional[1];
  const primary = tag.toLowerCase().split("-")[0] ?? "";
  const code = RENAMED.find(([known]) => known === primary)?.[1] ?? primary;
  if (KNOWN.has(code)) return code;
  const detail = `AssemblyAI does not know the language "${tag}": take another tag, or auto to have it found out.`;
  throw new AppError("language_unsupported", { detail });
};

/** The BCP 47 tag of a provider's code. */
export const fromProviderLanguage = (code: string): string => {
  const known = [...REGIONAL, ...RENAMED.slice(0, 1)].find(([, theirs]) => theirs === code);
  return known?.[0] ?? code.replaceAll("_", "-");
};
