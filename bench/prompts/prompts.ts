/**
 * Prints the prompt metrics of the local engine over `bench/prompts/texts` and the transcripts of the speech corpus.
 *
 *   npx pnpm bench:prompts [--show]
 *
 * `--show` prints the prompts as well: the figures are blind to role and grammar.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { argv, env, stdout } from "node:process";

import { TaskOptions } from "../../packages/contracts/src/index.ts";
import { createLocalEngine, type Storyboard, writeStoryboard } from "../../packages/prompting/src/index.ts";
import { lintContent, lintSlot } from "../../packages/prompting/src/look/lint.ts";
import { pairMetrics, promptContent, sceneContent, setMetrics } from "./metrics.ts";

const MIN_CORPUS_WORDS = 60;
const engine = createLocalEngine();
const print = (line: string) => stdout.write(`${line}\n`);
const figure = (value: number): string => (Number.isNaN(value) ? "  - " : value.toFixed(2));

const write = (text: string, seed: number): Promise<Storyboard> =>
  writeStoryboard(engine, {
    source: { kind: "text", text },
    language: "en",
    options: TaskOptions.parse({ seed }),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });

type Text = { name: string; text: string };

const ownTexts = (): Text[] => {
  const folder = new URL("./texts/", import.meta.url);
  return readdirSync(folder)
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => ({ name, text: readFileSync(new URL(name, folder), "utf8") }));
};

const corpusTexts = (): Text[] => {
  const folder = env["PHONOSCENE_CORPUS"] ?? "../shared/corpus";
  const manifest = `${folder}/manifest.json`;
  if (!existsSync(manifest)) {
    print(`No corpus at ${folder}: set PHONOSCENE_CORPUS to measure its transcripts too.`);
    return [];
  }
  // The manifest is a list of recordings; those without speech have no transcript.
  const items = JSON.parse(readFileSync(manifest, "utf8")) as { name: string; lang?: string; transcript?: string }[];
  return items
    .filter(({ lang, transcript }) => lang === "en" && (transcript ?? "").split(" ").length >= MIN_CORPUS_WORDS)
    .map(({ name, transcript }) => ({ name, text: transcript ?? "" }));
};

const measure = async ({ name, text }: Text): Promise<void> => {
  const board = await write(text, 0);
  const [again, other] = [await write(text, 0), await write(text, 1)];
  const scenes = board.prompts.map(sceneContent);
  const prompts = board.prompts.map(promptContent);
  const own = pairMetrics(scenes, prompts);
  const shuffled = pairMetrics(scenes, [...prompts.slice(1), ...prompts.slice(0, 1)]);
  const set = setMetrics(board.prompts);
  const faulty = board.prompts.filter(
    ({ content, slots }) => lintContent("midjourney", content, slots).length + slots.flatMap(lintSlot).length > 0,
  );
  const filled = board.prompts.filter(({ content, slots }) =>
    slots.every(({ value }) => value !== "" && content.includes(value)),
  );
  const isSame = JSON.stringify(board) === JSON.stringify(again);
  const differs =
    board.prompts.filter(({ content }, index) => content !== other.prompts[index]?.content).length /
    board.prompts.length;
  print(`\n${name}: ${board.prompts.length} scenes (own / shuffled)`);
  const against = (key: keyof typeof own) =>
    `${key} ${figure(own[key])} / ${prompts.length > 1 ? figure(shuffled[key]) : "  - "}`;
  print(
    `  ${against("coverage")}   ${against("coverageOfAllNouns")}   ${against("faithfulness")}   ${against("anchoring")}   ${against("action")}`,
  );
  print(
    `  distinct-2 ${figure(set.distinct2)}   Jaccard ${figure(set.jaccardMean)} mean ${figure(set.jaccardMax)} max   style ${set.style}   copying ${figure(set.copying)}`,
  );
  print(
    `  slots ${figure(filled.length / board.prompts.length)}   faulty ${faulty.length}   same seed same ${isSame ? 1 : 0}   other seed differs ${figure(differs)}`,
  );
  if (!argv.includes("--show")) return;
  for (const prompt of board.prompts) print(`\n  > ${prompt.excerpt}\n    ${prompt.content}`);
};

print(
  "rel() is the same lemma or a small list of near synonyms, not WordNet: figures read a little low for paraphrases.",
);
print(
  "Coverage counts the nouns that the engine's own lexicon holds for things, which flatters it: coverageOfAllNouns does not.",
);
for (const text of [...ownTexts(), ...corpusTexts()]) await measure(text);
