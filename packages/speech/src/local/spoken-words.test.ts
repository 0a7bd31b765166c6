import { expect, test } from "vitest";

import { corpusFile, hasCorpus, transcriptOf } from "../../test/corpus.ts";
import { createLocalAligner } from "./aligner.ts";

const SPEECH = "jfk_1961.flac";

/** The forced aligner PocketSphinx's, of another kind. */
const KNOWN_STARTS = [
  290, 630, 970, 1240, 1630, 3250, 3990, 5370, 5610, 5860, 6420, 6660, 6910, 7050, 8150, 8530, 8820, 9200, 9380, 9620,
  9780, 9990,
];

test.skipIf(!hasCorpus)(
  "given words are found in their recording: half of them at most 80 ms off, no word lost, another one placed in its stead",
  async () => {
    const text = transcriptOf(SPEECH).replace("fellow", "brotherly");
    const { segments, wordTiming } = await createLocalAligner({ model: "tiny", maxDurationMs: 60_000 }).align({
      filePath: corpusFile(SPEECH),
      language: "auto",
      given: [{ text }],
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    expect(wordTiming).toBe("aligned");
    const words = segments.flatMap((segment) => segment.words ?? []);
    expect(words.map((word) => word.text).join(" ")).toBe(text);
    const errors = KNOWN_STARTS.map((startMs, at) => Math.abs((words[at]?.startMs ?? 0) - startMs));
    expect(errors.toSorted((a, b) => a - b)[KNOWN_STARTS.length / 2]).toBeLessThanOrEqual(80);
  },
  180_000,
);
