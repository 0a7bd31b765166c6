import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { z } from "zod";

const Manifest = z.array(
  z.object({
    name: z.string(),
    set: z.string(),
    kind: z.string(),
    lang: z.string().nullable(),
    seconds: z.number(),
    transcript: z.string().nullish(),
  }),
);
export type Clip = z.infer<typeof Manifest>[number] & { filePath: string };

/** The recordings of PHONOSCENE_CORPUS, else of `../shared/corpus` beside the repository. */
export const loadCorpus = (filter: string): Clip[] => {
  const folder = process.env["PHONOSCENE_CORPUS"] ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
  const manifest = join(folder, "manifest.json");
  if (!existsSync(manifest))
    throw new Error(`There is no corpus in ${folder}: PHONOSCENE_CORPUS names the folder with manifest.json.`);
  return Manifest.parse(JSON.parse(readFileSync(manifest, "utf8")))
    .filter(({ name, set }) => name.includes(filter) || set.includes(filter))
    .map((clip) => ({ ...clip, filePath: join(folder, clip.name) }));
};

export const isEnglish = ({ kind, lang }: Clip): boolean => kind === "speech" && lang === "en";

const NOT_READ = new Set(["speeches", "spontaneous", "one-word", "digits-narrowband"]);

/** Read aloud from a text, as books are. */
export const isRead = (clip: Clip): boolean => isEnglish(clip) && !NOT_READ.has(clip.set);
