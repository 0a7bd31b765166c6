import { readFileSync } from "node:fs";

import { type Segment, TARGETS, TaskOptions } from "@phonoscene/contracts";
import { describe, expect, it } from "vitest";

import { createLocalEngine } from "./local/engine.ts";
import { lintContent, lintSlot } from "./look/lint.ts";
import type { Storyboard, StoryboardRequest } from "./port.ts";
import { writeStoryboard } from "./storyboard.ts";
import { randomText, seededRandom } from "./testing/random-text.ts";

const engine = createLocalEngine();
const KEEPER = readFileSync(new URL("../eval/texts/narration-keeper.dev.txt", import.meta.url), "utf8");

type Asked = Partial<TaskOptions> & {
  language?: string;
  signal?: AbortSignal;
  onProgress?: (fraction: number) => void;
};

const request = (source: StoryboardRequest["source"], asked: Asked = {}): StoryboardRequest => {
  const { language = "auto", signal = new AbortController().signal, onProgress = () => undefined, ...options } = asked;
  return { source, language, options: TaskOptions.parse(options), onProgress, signal };
};
const board = (text: string, asked: Asked = {}): Promise<Storyboard> =>
  writeStoryboard(engine, request({ kind: "text", text }, asked));
const codes = ({ warnings }: Storyboard): string[] => warnings.map(({ code }) => code);
const slot = ({ prompts }: Storyboard, name: string, scene = 0): string =>
  prompts[scene]?.slots.find((candidate) => candidate.name === name)?.value ?? "";

const segments = (texts: readonly string[], lengthMs = 4000): Segment[] =>
  texts.map((text, id) => ({ id, startMs: id * lengthMs, endMs: (id + 1) * lengthMs - 200, text, confidence: 0.9 }));

describe("scenes", () => {
  it("keep the text's order, and every segment is in exactly one of them", async () => {
    const { scenes, segments: units, prompts } = await board(KEEPER);
    expect(scenes.length).toBeGreaterThan(4);
    expect(scenes.flatMap(({ segmentIds }) => segmentIds)).toEqual(units.map(({ id }) => id));
    expect(prompts.map(({ sceneIndex }) => sceneIndex)).toEqual(scenes.map(({ index }) => index));
    expect(prompts.map(({ position }) => position)).toEqual(prompts.map((_, index) => index));
  });

  it("take their times from the first and the last of their segments", async () => {
    const timed = segments(
      Array.from({ length: 16 }, (_, index) => `The baker carried loaf number ${index} to the shop.`),
    );
    const { scenes, prompts } = await writeStoryboard(engine, request({ kind: "segments", segments: timed }));
    expect(scenes.length).toBe(6);
    for (const [index, scene] of scenes.entries()) {
      expect(scene.startMs).toBe(timed[scene.segmentIds[0] ?? -1]?.startMs);
      expect(scene.endMs).toBe(timed[scene.segmentIds.at(-1) ?? -1]?.endMs);
      expect(prompts[index]).toMatchObject({
        startMs: scene.startMs,
        endMs: scene.endMs,
        segmentIds: scene.segmentIds,
      });
    }
  });

  it("hold segments without words beside the spoken ones", async () => {
    const silent = segments(["", "The fox crossed the frozen river.", " ", "A hunter knelt in the snow.", "..."]);
    const { scenes } = await writeStoryboard(engine, request({ kind: "segments", segments: silent }, { count: 2 }));
    expect(scenes.flatMap(({ segmentIds }) => segmentIds)).toEqual([0, 1, 2, 3, 4]);
    expect(scenes.every(({ excerpt }) => /\p{L}/u.test(excerpt))).toBe(true);
  });

  it("are as many as asked for, and no more than there are sentences", async () => {
    expect((await board(KEEPER, { count: 3 })).scenes.length).toBe(3);
    const reduced = await board("The cat slept. The dog barked.", { count: 10 });
    expect(reduced.scenes.length).toBe(2);
    expect(codes(reduced)).toContain("count_reduced");
  });

  it("a minute at 10 s a scene makes six, each begun within half a sentence of its time, the same each time", async () => {
    const minute = segments(
      Array.from({ length: 15 }, (_, index) => `The baker carried loaf number ${index} to the shop.`),
    );
    const asked = request({ kind: "segments", segments: minute }, { secondsPerScene: 10 });
    const cut = await writeStoryboard(engine, asked);
    expect(cut.scenes).toHaveLength(6);
    for (const { index, startMs } of cut.scenes) {
      expect(Math.abs((startMs ?? Infinity) - index * 10_000)).toBeLessThanOrEqual(2000);
    }
    expect(cut.warnings).toEqual([]);
    expect(await writeStoryboard(engine, asked)).toEqual(cut);
  });

  it("a text's scenes are as long as their reading", async () => {
    const text = "The old man walked down the road. ".repeat(40); // 280 words: 100 s
    const lengths = await Promise.all(
      [5, 10, 20, 50, 600].map(async (secondsPerScene) => (await board(text, { secondsPerScene })).scenes.length),
    );
    expect(lengths).toEqual([20, 10, 5, 2, 1]);
  });

  it("a sentence longer than a scene makes one of its own, and the shortfall is said", async () => {
    const slow = segments(["The fox crossed the river.", "A hunter knelt in the snow."], 30_000);
    const cut = await writeStoryboard(engine, request({ kind: "segments", segments: slow }, { secondsPerScene: 5 }));
    expect(cut.scenes.map(({ segmentIds }) => segmentIds)).toEqual([[0], [1]]);
    expect(cut.warnings.find(({ code }) => code === "count_reduced")?.message).toMatch(
      /would make 12 prompts; there are 2/,
    );
  });
});

describe("words and languages", () => {
  it.each(["", "   \n\t ", "--- ... !!!", "[music]"])("a text without words is refused: %j", async (text) => {
    await expect(board(text)).rejects.toMatchObject({ code: "no_text" });
  });

  it("one word gives one usable prompt and says that the text is short", async () => {
    const hello = await board("Hello.");
    expect(hello.prompts.length).toBe(1);
    expect(codes(hello)).toEqual(["text_short"]);
    expect(slot(hello, "subject")).toContain("greeting");
  });

  it("Ukrainian is read through the visual lexicon, with its coverage in the warning", async () => {
    const ukrainian = await board("Старий рибалка плив у човні по тихому морю. Увечері над маяком летіли чайки.", {
      count: 2,
    });
    expect(ukrainian.language).toBe("uk");
    expect(slot(ukrainian, "subject")).toContain("an old fisherman sailing");
    expect(slot(ukrainian, "timeOfDay", 1)).toBe("evening");
    expect(ukrainian.warnings[0]?.message).toMatch(/knows (?:0\.[5-9]\d|1\.00)/u);
  });

  it("Russian is read, too", async () => {
    const russian = await board("Жил старик со своею старухой у самого синего моря. Старик ловил неводом рыбу.", {
      count: 1,
    });
    expect(russian.language).toBe("ru");
    expect(slot(russian, "subject")).toContain("an old man living");
    expect(codes(russian)).toEqual(["language_limited"]);
  });

  it("a language without a lexicon passes its own words on", async () => {
    const german = await board("Der alte Fischer ruderte am Morgen hinaus auf das ruhige Meer.");
    expect(slot(german, "subject")).toContain("Der alte Fischer ruderte");
    expect(german.warnings[0]?.message).toContain("key phrases only");
  });

  it("the language that the caller names wins over the guess", async () => {
    expect((await board("The fox ran.", { language: "en-GB" })).language).toBe("en-GB");
  });
});

describe("style and seed", () => {
  it("the same seed gives the same storyboard, another seed another style", async () => {
    expect(await board(KEEPER, { seed: 7 })).toEqual(await board(KEEPER, { seed: 7 }));
    const looks = await Promise.all([0, 1, 2, 3, 4].map((seed) => board(KEEPER, { seed, count: 1 })));
    expect(
      new Set(looks.map((look) => `${slot(look, "camera")} ${slot(look, "lens")} ${slot(look, "film")}`)).size,
    ).toBe(5);
  });

  it("one set has one camera, lens, style and film", async () => {
    const { prompts } = await board(KEEPER);
    for (const name of ["camera", "lens", "photography", "film"]) {
      expect(new Set(prompts.map(({ slots }) => slots.find((candidate) => candidate.name === name)?.value)).size).toBe(
        1,
      );
    }
  });

  it("a painted style gets no camera", async () => {
    const painted = await board("The fox ran through the snow.", { style: "loose watercolour" });
    expect(slot(painted, "photography")).toBe("loose watercolour");
    expect(painted.prompts[0]?.content).not.toMatch(/camera|f\/\d|Kodak/u);
  });

  it("a formula of the caller's own is followed, slot by slot", async () => {
    const own = await board("At dusk the fox ran through the snow.", { formula: "[subject], [time of day], [mood]" });
    expect(own.prompts[0]?.slots.map(({ name }) => name)).toEqual(["subject", "timeOfDay", "mood"]);
    expect(own.warnings).toEqual([]);
  });

  it("an instruction, which only a language model can follow, is answered with a warning", async () => {
    const [plain, instructed] = await Promise.all([
      board(KEEPER),
      board(KEEPER, { instruction: "Everything in blue." }),
    ]);
    expect(codes(plain)).not.toContain("instruction_unused");
    expect(codes(instructed)).toContain("instruction_unused");
    expect(instructed.prompts).toEqual(plain.prompts);
  });
});

describe("safety", () => {
  it("words of old verse are said gently, with a warning", async () => {
    const softened = await board("The dead knight lay in the meadow beside his bloody sword.");
    expect(softened.prompts[0]?.content).not.toMatch(/\b(?:dead|bloody)\b/u);
    expect(codes(softened)).toContain("text_softened");
  });

  it("a minor and undressing are refused together, wherever each comes from", async () => {
    await expect(board("The girl sat in the garden.", { style: "nude study" })).rejects.toMatchObject({
      code: "content_blocked",
    });
    await expect(board("The girl sat in the garden.", { negative: "nude" })).resolves.toMatchObject({
      engine: "local",
    });
  });
});

describe("robustness", () => {
  it.each(TARGETS)("every prompt for %s passes the linter with every slot in its string", async (target) => {
    const written = await board(KEEPER, { target, aspectRatio: "16:9", seed: 5, negative: "people, text" });
    for (const prompt of written.prompts) {
      expect(lintContent(target, prompt.content, prompt.slots)).toEqual([]);
      expect(prompt.slots.flatMap(lintSlot)).toEqual([]);
      expect(prompt.slots.map(({ name }) => name)).toEqual([
        "subject",
        "keywords",
        "camera",
        "lens",
        "timeOfDay",
        "photography",
        "film",
      ]);
    }
  });

  it(
    "no random text breaks a storyboard, and none gives a prompt that cannot be pasted",
    { timeout: 60_000 },
    async () => {
      const random = seededRandom(20_261_122);
      for (let round = 0; round < 250; round += 1) {
        const target = TARGETS[round % TARGETS.length] ?? "midjourney";
        const text = `a ${randomText(random)}`;
        // The contract refuses instructions that the database could not hold.
        const instruction = randomText(random)
          .slice(0, 400)
          .replaceAll(/[\0\p{Cs}]/gu, "")
          .trim();
        const written = await board(text, {
          target,
          seed: round,
          instruction: round % 5 === 0 && instruction !== "" ? instruction : null,
        });
        expect(written.scenes.flatMap(({ segmentIds }) => segmentIds)).toEqual(written.segments.map(({ id }) => id));
        for (const prompt of written.prompts) {
          expect({ text, faults: prompt.slots.flatMap(lintSlot) }).toEqual({ text, faults: [] });
          expect(prompt.slots.every(({ value }) => value !== "")).toBe(true);
        }
      }
    },
  );

  it("a long text has as many scenes as are asked for", async () => {
    const { scenes } = await board(KEEPER.repeat(20), { count: 100 });
    expect(scenes.length).toBe(100);
  });

  it("an abort between scenes stops the work with the signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("the caller left");
    const onProgress = (fraction: number) => {
      if (fraction > 0.3) controller.abort(reason);
    };
    await expect(board(KEEPER, { signal: controller.signal, onProgress })).rejects.toBe(reason);
  });

  it("progress only grows, from the start to 1", async () => {
    const seen: number[] = [];
    await board(KEEPER, { onProgress: (fraction) => seen.push(fraction) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });
});
