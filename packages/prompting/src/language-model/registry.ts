import type { BibleEntity } from "@phonoscene/contracts";
import { z } from "zod";

import { cleanValue, faultOf } from "./values.ts";

const Entry = z.object({
  name: z.string().describe("As the text calls it"),
  looks: z.string().nullable().describe("Lasting looks in a few English words; null when there is nothing to say"),
});

/** What a model notes down for the windows that follow. Sent to the model, so `nullable`, never `optional`. */
export const RegistryAnswer = z.object({
  characters: z.array(Entry).describe("New people and animals, and those of whom more is known now"),
  places: z.array(Entry).describe("New places, and those of which more is known now"),
});

type RegistryEntry = { name: string; looks: string | null };

/** Who and where, carried from window to window so that the same person looks the same in every picture. */
export type Registry = { characters: RegistryEntry[]; places: RegistryEntry[] };

/** Small enough to ride along with every window; the entries seen last are kept. */
const MAX_ENTRIES = 16;

/** What the bible says, most important first, as the first window is told. */
export const registryOf = (bible: readonly BibleEntity[]): Registry => {
  const entriesOf = (kind: BibleEntity["kind"]): RegistryEntry[] =>
    bible
      .filter((entity) => entity.kind === kind)
      .slice(0, MAX_ENTRIES)
      .map(({ name, description }) => ({ name, looks: description }));
  return { characters: entriesOf("character"), places: entriesOf("place") };
};
const MAX_NAME_CHARACTERS = 80;

const clean = (entry: RegistryEntry, delimiter: string): RegistryEntry | null => {
  const name = cleanValue(entry.name);
  if (name.length > MAX_NAME_CHARACTERS || faultOf(name, delimiter) !== null) return null;
  const looks = cleanValue(entry.looks ?? "");
  return { name, looks: faultOf(looks, delimiter) === null ? looks : null };
};

const merge = (known: RegistryEntry[], found: RegistryEntry[]): RegistryEntry[] => {
  const byName = new Map(known.map((entry) => [entry.name.toLowerCase(), entry]));
  for (const entry of found) {
    const key = entry.name.toLowerCase();
    const looks = entry.looks ?? byName.get(key)?.looks ?? null;
    byName.delete(key);
    byName.set(key, { name: entry.name, looks });
  }
  return [...byName.values()].slice(-MAX_ENTRIES);
};

/** Adds what a window's answer noted down; what is not usable is left out, for the registry is only a help. */
export const extendRegistry = (registry: Registry, noted: unknown, delimiter: string): Registry => {
  const parsed = RegistryAnswer.safeParse(noted);
  if (!parsed.success) return registry;
  const usable = (entries: RegistryEntry[]): RegistryEntry[] =>
    entries.map((entry) => clean(entry, delimiter)).filter((entry) => entry !== null);
  return {
    characters: merge(registry.characters, usable(parsed.data.characters)),
    places: merge(registry.places, usable(parsed.data.places)),
  };
};
