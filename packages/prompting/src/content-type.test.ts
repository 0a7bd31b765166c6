import { TaskOptions } from "@phonoscene/contracts";
import { describe, expect, it } from "vitest";

import { createLocalEngine } from "./local/engine.ts";
import type { Storyboard } from "./port.ts";
import { writeStoryboard } from "./storyboard.ts";

const engine = createLocalEngine();
const TEXT = "At dawn the old fisherman rowed out past the lighthouse. By noon a storm had covered the sea.";

const board = (text: string, asked: Partial<TaskOptions> = {}): Promise<Storyboard> =>
  writeStoryboard(engine, {
    source: { kind: "text", text },
    language: "en",
    options: TaskOptions.parse(asked),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
const codes = ({ warnings }: Storyboard): string[] => warnings.map(({ code }) => code);
const slot = ({ prompts }: Storyboard, name: string): string =>
  prompts[0]?.slots.find((candidate) => candidate.name === name)?.value ?? "";

describe("what the text is", () => {
  it("guides the length of the scenes, where nobody asks for one", async () => {
    const text = "The old man walked down the road. ".repeat(48);
    const counts = ["song", "story", "audiobook", "talk", "podcast"] as const;
    const boards = await Promise.all(counts.map((contentType) => board(text, { contentType })));
    expect(boards.map(({ scenes }) => scenes.length)).toEqual([15, 12, 8, 6, 4]);
    expect((await board(text, { contentType: "podcast", count: 9 })).scenes).toHaveLength(9);
  });

  it("guides the style, whatever the seed", async () => {
    const boards = await Promise.all(
      Array.from({ length: 12 }, (_, seed) => board("The fox ran.", { contentType: "podcast", seed })),
    );
    const looks = boards.map((one) => slot(one, "photography"));
    expect(new Set(looks).size).toBeGreaterThan(4);
    expect(
      looks.filter(
        (look) => !/documentary|reportage|editorial|portrait|essay|press|street|humanist|observ/u.test(look),
      ),
    ).toEqual([]);
  });

  it.each([
    ["a style", "The rain fell on the empty street.", { style: "rap" }],
    ["a line of the text", "Genre: rap\nBPM: 90\n\nThe rain fell on the empty street.", {}],
  ])("rap in %s is a look, and nothing of it is drawn", async (_, text, asked) => {
    const { prompts, scenes } = await board(text, asked);
    expect(prompts[0]?.content).toContain("gritty neon-lit urban photograph");
    expect(prompts[0]?.content).not.toMatch(/\brap\b|\bdj\b|microphone|genre/iu);
    expect(scenes).toHaveLength(1);
  });

  it("asked for in another language, the built-in engine writes English and says so", async () => {
    const [english, asked] = await Promise.all([board(TEXT), board(TEXT, { promptLanguage: "de" })]);
    expect(codes(english)).not.toContain("prompt_language_unused");
    expect(asked.warnings).toMatchObject([
      { code: "prompt_language_unused", message: expect.stringContaining('"de"') },
    ]);
    expect(asked.prompts).toEqual(english.prompts);
  });
});
