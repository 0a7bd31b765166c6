import { describe, expect, test } from "vitest";

import { groupWords, joinWords, type TimedWord } from "./sentences.ts";

const WORD_MS = 500;

const spoken = (text: string, wordMs = WORD_MS): TimedWord[] =>
  text.split(" ").map((word, index) => ({ text: word, startMs: index * wordMs, endMs: (index + 1) * wordMs }));

const group = (text: string, wordMs = WORD_MS): string[] => groupWords(spoken(text, wordMs)).map(joinWords);

describe("groupWords", () => {
  test("ends a group where a sentence ends", () => {
    expect(group("The storm came in at noon. Nobody had seen it coming! Who could have?", 900)).toEqual([
      "The storm came in at noon.",
      "Nobody had seen it coming!",
      "Who could have?",
    ]);
  });

  test("knows abbreviations, initials and dots before lower case", () => {
    const text = "Mr. John F. Dashwood had, i.e. possessed, a house in St. Ives etc. and more.";
    expect(group(text)).toEqual([text]);
  });

  test("takes a closing quotation mark along", () => {
    expect(group('"I will never go back there." She closed the old door.', 600)).toEqual([
      '"I will never go back there."',
      "She closed the old door.",
    ]);
  });

  test("joins a sentence of under two seconds to the one beside it", () => {
    expect(group("Yes. We went down to the harbour at dawn.")).toEqual(["Yes. We went down to the harbour at dawn."]);
  });

  test("leaves a short sentence alone behind a long pause", () => {
    const words = [
      { text: "Yes.", startMs: 0, endMs: 400 },
      ...spoken("We went down to the harbour.").map((word) => ({
        ...word,
        startMs: word.startMs + 3000,
        endMs: word.endMs + 3000,
      })),
    ];
    expect(groupWords(words)).toHaveLength(2);
  });

  test("cuts a sentence of over 15 seconds at the clause nearest to its middle", () => {
    const text = "one two three four five six seven, eight nine ten eleven twelve, thirteen fourteen fifteen sixteen";
    expect(group(text, 1100)).toEqual([
      "one two three four five six seven,",
      "eight nine ten eleven twelve, thirteen fourteen fifteen sixteen",
    ]);
  });

  test("cuts unpunctuated speech before a conjunction", () => {
    const text = "we are walking down the long road and the rain is falling on the hills over there";
    expect(group(text, 1000)).toEqual([
      "we are walking down the long road",
      "and the rain is falling on the hills over there",
    ]);
  });

  test("cuts anywhere rather than exceed 28 seconds, and loses no word", () => {
    const words = spoken(Array.from({ length: 200 }, (_, index) => `word${index}`).join(" "));
    const groups = groupWords(words);
    expect(groups.flat()).toEqual(words);
    for (const unit of groups) expect((unit.at(-1)?.endMs ?? 0) - (unit[0]?.startMs ?? 0)).toBeLessThanOrEqual(28_000);
  });

  test("gives nothing for no words", () => {
    expect(groupWords([])).toEqual([]);
  });
});

describe("joinWords", () => {
  test("puts no spaces into scripts that have none", () => {
    expect(joinWords([{ text: "今日" }, { text: "は" }, { text: "晴れ。" }])).toBe("今日は晴れ。");
    expect(joinWords([{ text: "Привет," }, { text: "мир." }])).toBe("Привет, мир.");
  });
});
