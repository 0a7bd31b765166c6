import { existsSync, readFileSync } from "node:fs";

import type { Storyboard } from "../src/port.ts";
import { promptWords } from "./content.ts";
import { KINDS, type Kind } from "./texts.ts";

/**
 * A scene's prompt as a person rated it. good: says what the scene says, right roles, grammatical, can be drawn;
 * partial: can be drawn, but something is wrong or missing; wrong: misleading or gibberish.
 */
export type Rating = {
  text: string;
  scene: number;
  rating: "good" | "partial" | "wrong";
  reason: string;
  excerpt: string;
  prompt: string;
};

const RATINGS = ["good", "partial", "wrong"] as const;

const readRating = (line: string): Rating => {
  const [text = "", scene = "", rated = "", reason = "", excerpt = "", prompt = ""] = line.split("\t");
  const rating = RATINGS.find((known) => known === rated);
  if (rating === undefined) throw new Error(`"${rated}" is no rating (${RATINGS.join(", ")}): ${text} ${scene}`);
  return { text, scene: Number(scene), rating, reason, excerpt, prompt };
};

/** Scenes rated by hand before and after work on the engine: every second one of each text, each one of verse and lyrics. */
export const readRatings = (phase: "before" | "after"): Rating[] => {
  const file = new URL(`./ratings/${phase}.tsv`, import.meta.url);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(1).map(readRating);
};

const count = (ratings: readonly Rating[], rating: Rating["rating"]): number =>
  ratings.filter((rated) => rated.rating === rating).length;

const percent = (part: number, whole: number): string =>
  whole === 0 ? "   -" : `${Math.round((100 * part) / whole)} %`.padStart(5);

const cell = (ratings: readonly Rating[]): string =>
  `${percent(count(ratings, "good"), ratings.length)} good ${RATINGS.map((rating) => String(count(ratings, rating)).padStart(3)).join(" /")}`;

/** Good enough to release, by kind: what a person who illustrates such a text would keep. */
const GATES: Partial<Record<Kind, number>> = { narration: 0.85, tale: 0.85, verse: 0.6, lyrics: 0.6 };

const verdict = (kind: Kind, after: readonly Rating[]): string => {
  const gate = GATES[kind];
  if (gate === undefined || after.length === 0) return "";
  return `  gate ${100 * gate} %: ${count(after, "good") >= gate * after.length ? "passed" : "MISSED"}`;
};

/** Share of good prompts by kind, before and after, with good / partial / wrong, and the release gates. */
export const renderRatings = (before: readonly Rating[], after: readonly Rating[]): string => {
  const kinds = KINDS.map((kind) => {
    const of = (ratings: readonly Rating[]) => ratings.filter(({ text }) => text.startsWith(`${kind}-`));
    return `${kind.padEnd(12)} ${cell(of(before))}   ->  ${cell(of(after))}${verdict(kind, of(after))}`;
  });
  return [...kinds, `${"all".padEnd(12)} ${cell(before)}   ->  ${cell(after)}`].join("\n");
};

/** Rated prompts that the engine writes otherwise today: their rating says nothing any more. */
export const staleRatings = (ratings: readonly Rating[], boards: ReadonlyMap<string, Storyboard>): Rating[] =>
  ratings.filter(({ text, scene, prompt }) => {
    const written = boards.get(text)?.prompts[scene - 1];
    return written === undefined || promptWords(written) !== prompt;
  });
