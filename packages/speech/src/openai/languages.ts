import { AppError } from "@phonoscene/kernel";

/** What Whisper's tokens call the languages: ISO 639-1, and `jw` for Javanese, `haw` for Hawaiian. */
const CODES = (
  "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk te " +
  "fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht " +
  "ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue"
).split(" ");

/** The languages of Whisper, as BCP 47 tags. */
export const WHISPER_LANGUAGES: readonly string[] = CODES.map((code) => (code === "jw" ? "jv" : code));

const names = new Intl.DisplayNames("en", { type: "language" });
/** Names that Whisper spells in its own way. */
const OWN_NAMES: Record<string, string> = {
  "haitian creole": "ht",
  myanmar: "my",
  sinhala: "si",
  tagalog: "tl",
  javanese: "jv",
  norwegian: "no",
  nynorsk: "nn",
  bengali: "bn",
  punjabi: "pa",
  moldavian: "ro",
  castilian: "es",
  flemish: "nl",
  mandarin: "zh",
};
const BY_NAME = new Map([
  ...CODES.map((code) => [(names.of(code) ?? code).toLowerCase(), code] as const),
  ...Object.entries(OWN_NAMES),
]);

/** The hint for a BCP 47 tag; null for `auto`. @throws AppError "language_unsupported". */
export const toHint = (tag: string): string | null => {
  const primary = tag.toLowerCase().split("-")[0] ?? "";
  if (primary === "auto") return null;
  if (/^[a-z]{2,3}$/.test(primary)) return primary;
  throw new AppError("language_unsupported", {
    detail: `"${tag}" names no language that the speech service could know: take another tag, or auto to have it found out.`,
  });
};

/** The BCP 47 tag of what a server calls a language, a code or an English name; null where it says nothing known. */
export const fromAnswer = (language: string | null | undefined): string | null => {
  const given = (language ?? "").trim().toLowerCase();
  if (given === "jw") return "jv";
  if (/^[a-z]{2,3}(-[a-z0-9]+)*$/.test(given)) return given;
  return BY_NAME.get(given) ?? null;
};
