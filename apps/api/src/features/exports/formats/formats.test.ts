import type { Prompt, Scene, Storyboard } from "@phonoscene/contracts";
import { describe, expect, it } from "vitest";

import { parseSubtitles } from "../../subtitles/index.ts";
import { toChapters } from "./chapters.ts";
import { toCsv } from "./csv.ts";
import { toJson } from "./json.ts";
import { toLines } from "./lines.ts";
import { toMarkdown } from "./markdown.ts";
import { toSrt, toVtt } from "./subtitles.ts";

const TRICKY = [
  'She said "hello", twice',
  "two\nlines\r\n\r\nand a blank one",
  "a --> b --> c",
  "👩‍👩‍👧 a family 🏳️‍🌈",
  "שלום עולם, مرحبا",
  "<i>tag</i> & <b>&amp;</b> &lt; {\\an8} <font color=x>",
  "00:00:01,000 --> 00:00:02,000",
  "42",
  "NOTE this is none",
  '=HYPERLINK("http://evil")',
  "`code` ``` fence",
];

const normal = (text: string): string => text.replaceAll(/\s+/gu, " ");

const cues = TRICKY.map((text, index) => ({ startMs: index * 1000, endMs: index * 1000 + 999, text }));

const promptOf = (content: string, position: number): Prompt => ({
  id: "0190a8a0-0000-7000-8000-000000000000",
  position,
  sceneIndex: position,
  startMs: position * 61_000,
  endMs: (position + 1) * 61_000,
  segmentIds: [position],
  excerpt: content,
  content,
  negative: null,
  slots: [],
  locked: false,
  version: 1,
});

const sceneOf = (excerpt: string, index: number): Scene => ({
  index,
  startMs: index * 1500,
  endMs: (index + 1) * 1500,
  segmentIds: [index],
  excerpt,
  place: null,
  timeOfDay: null,
  mood: null,
});

const board = (texts: readonly string[], fields: Partial<Storyboard> = {}): Storyboard => ({
  object: "storyboard",
  taskId: "0190a8a0-0000-7000-8000-000000000000",
  name: null,
  target: "flux",
  engine: "local",
  scenes: texts.map(sceneOf),
  prompts: texts.map(promptOf),
  ...fields,
});

const all = (chunks: Iterable<string>): string => [...chunks].join("");

/** A reader of RFC 4180, written from its grammar. */
const readCsv = (text: string): string[][] =>
  [...text.matchAll(/((?:(?:"(?:[^"]|"")*"|[^",\r\n]*),)*(?:"(?:[^"]|"")*"|[^",\r\n]*))\r\n/gu)].map(([, line = ""]) =>
    [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^",]*)/gu)].map(([, value = ""]) =>
      value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value,
    ),
  );

describe("subtitles", () => {
  it.each([
    ["srt", toSrt],
    ["vtt", toVtt],
  ] as const)("%s is read back as it was: quotes, newlines, emoji, right-to-left, arrows, tags", (format, write) => {
    const { cues: read, faults } = parseSubtitles(all(write(cues)), format);
    expect(faults).toEqual([]);
    expect(read.map(({ startMs, endMs, text }) => ({ startMs, endMs, text }))).toEqual(
      cues.map((cue) => ({ ...cue, text: normal(cue.text) })),
    );
  });

  it("no text of a cue holds an arrow or a blank line", () => {
    for (const text of [all(toSrt(cues)), all(toVtt(cues))]) {
      expect(text.match(/-->/gu)).toHaveLength(cues.length);
      expect(text).not.toMatch(/\n\n\n/u);
    }
  });

  it("cues are numbered without gaps, clocks have hours, and no cue is without length", () => {
    const some = [
      { startMs: 0, endMs: 0, text: "a" },
      { startMs: 10, endMs: 20, text: " " },
      { startMs: 36_000_000, endMs: 36_000_500, text: "b" },
    ];
    expect(all(toSrt(some))).toBe("1\n00:00:00,000 --> 00:00:00,001\na\n\n2\n10:00:00,000 --> 10:00:00,500\nb\n\n");
    expect(all(toVtt(some.slice(2)))).toBe("WEBVTT\n\n10:00:00.000 --> 10:00:00.500\nb\n");
  });
});

describe("csv", () => {
  it("is read back by the grammar of RFC 4180, with lines that end in CRLF", () => {
    const rows = readCsv(all(toCsv(board(TRICKY.filter((text) => !text.startsWith("=") && !text.startsWith("00"))))));
    expect(rows[0]).toEqual(["position", "scene", "startMs", "endMs", "excerpt", "prompt", "negative"]);
    expect(rows[1]).toEqual(["1", "1", "0", "61000", TRICKY[0], TRICKY[0], ""]);
    expect(rows[2]?.[5]).toBe(TRICKY[1]);
    expect(rows.every((fields) => fields.length === 7)).toBe(true);
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", '"=1', "'=1", "|calc"])(
    "%j cannot run as a formula",
    (text) => {
      const [, row] = readCsv(all(toCsv(board([text]))));
      expect(row?.[5]).toBe(`'${text}`);
    },
  );
});

describe("markdown", () => {
  it("words stay words, and a prompt's block cannot be left", () => {
    const text = all(
      toMarkdown(board(["# no heading [x](javascript:y) <img>", "``` ```` ends"], { name: "*n*\n# h" })),
    );
    expect(text).toMatch(/^# \\\*n\\\* \\# h\n/u);
    expect(text).toContain("> \\# no heading \\[x\\]\\(javascript\\:y\\) \\<img\\>");
    expect(text).toContain("## Prompt 2, 1:01–2:02");
    expect(text).toContain("`````text\n``` ```` ends\n`````\n");
  });
});

describe("json", () => {
  it("what is written piece by piece is the whole object", () => {
    const value = board(TRICKY);
    expect(JSON.parse(all(toJson(value)))).toEqual(value);
    expect(JSON.parse(all(toJson({ empty: [], also: [1] })))).toEqual({ empty: [], also: [1] });
  });

  it("chapters are those of Podcasting 2.0, in seconds, with titles that are not cut inside a word or an emoji", () => {
    const long = `${"word ".repeat(30)}end`;
    const emoji = "👍".repeat(100);
    expect(JSON.parse(all(toChapters(board(["a\nb", long, emoji, " "], { name: "Talk" }))))).toEqual({
      version: "1.2.0",
      title: "Talk",
      chapters: [
        { startTime: 0, endTime: 1.5, title: "a b" },
        { startTime: 1.5, endTime: 3, title: `${"word ".repeat(15)}word…` },
        { startTime: 3, endTime: 4.5, title: `${"👍".repeat(80)}…` },
        { startTime: 4.5, endTime: 6, title: "Scene 4" },
      ],
    });
  });
});

describe("lines", () => {
  it("each text is one line, whatever is in it", () => {
    expect(all(toLines(["a\nb\u2028c", "", "d\u0000\te"]))).toBe("a b c\nd e\n");
  });
});
