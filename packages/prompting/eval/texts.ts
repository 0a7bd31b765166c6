import { readdirSync, readFileSync } from "node:fs";

export const ENGLISH_KINDS = ["narration", "tale", "oratory", "verse", "lyrics", "news", "podcast", "asr"] as const;
export const KINDS = [...ENGLISH_KINDS, "uk", "ru"] as const;
export type Kind = (typeof KINDS)[number];

/** `dev` texts are those that the engine is tuned on; `held` ones are only measured. */
export type Text = { name: string; kind: Kind; split: "dev" | "held"; language: string; text: string };

const isKind = (kind: string): kind is Kind => KINDS.some((known) => known === kind);

const readText = (folder: URL, file: string): Text => {
  const [, kind = "", name = "", split] = /^([a-z]+)-([a-z-]+)\.(dev|held)\.txt$/u.exec(file) ?? [];
  if (!isKind(kind) || (split !== "dev" && split !== "held"))
    throw new Error(`${file} is not named <kind>-<name>.<dev|held>.txt with a kind of ${KINDS.join(", ")}`);
  const language = kind === "uk" || kind === "ru" ? kind : "en";
  return { name: `${kind}-${name}`, kind, split, language, text: readFileSync(new URL(file, folder), "utf8") };
};

/** The texts of `eval/texts`, by kind. */
export const readTexts = (): Text[] => {
  const folder = new URL("./texts/", import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".txt"))
    .map((file) => readText(folder, file))
    .toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.name.localeCompare(b.name));
};
