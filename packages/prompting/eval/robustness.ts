import { TARGETS, TaskOptions } from "@phonoscene/contracts";
import { AppError } from "@phonoscene/kernel";

import { lintContent, lintSlot } from "../src/look/lint.ts";
import type { PromptEngine, Storyboard } from "../src/port.ts";
import { writeStoryboard } from "../src/storyboard.ts";
import { randomText, seededRandom } from "../src/testing/random-text.ts";
import { CANARY } from "./hostile.ts";

export type Robustness = {
  texts: number;
  prompts: number;
  /** Refused with a typed error: no words in it, or nothing a generator would draw. */
  refused: number;
  crashes: string[];
  illegal: string[];
  injected: string[];
};

const write = (engine: PromptEngine, text: string, index: number): Promise<Storyboard> =>
  writeStoryboard(engine, {
    source: { kind: "text", text },
    language: "auto",
    options: TaskOptions.parse({ seed: index, target: TARGETS[index % TARGETS.length], aspectRatio: "16:9" }),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });

const REFUSALS = new Set(["no_text", "content_blocked"]);

/** Writes each text for one of the targets in turn, and looks at every prompt. */
export const testTexts = async (engine: PromptEngine, texts: readonly string[]): Promise<Robustness> => {
  const found: Robustness = { texts: texts.length, prompts: 0, refused: 0, crashes: [], illegal: [], injected: [] };
  for (const [index, text] of texts.entries()) {
    try {
      const { prompts } = await write(engine, text, index);
      found.prompts += prompts.length;
      for (const { content, slots } of prompts) {
        const target = TARGETS[index % TARGETS.length] ?? "midjourney";
        const faults = [...lintContent(target, content, slots), ...slots.flatMap(lintSlot)];
        if (faults.length > 0) found.illegal.push(`${faults.join(", ")}: ${content}`);
        if (content.toLowerCase().includes(CANARY)) found.injected.push(content);
      }
    } catch (error) {
      if (error instanceof AppError && REFUSALS.has(error.code)) found.refused += 1;
      else found.crashes.push(`${String(error)}: ${JSON.stringify(text.slice(0, 80))}`);
    }
  }
  return found;
};

export const randomTexts = (count: number): string[] => {
  const random = seededRandom(count);
  return Array.from({ length: count }, () => randomText(random));
};
