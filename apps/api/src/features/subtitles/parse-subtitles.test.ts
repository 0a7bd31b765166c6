import { describe, expect, it } from "vitest";

import { parseSubtitles } from "./parse-subtitles.ts";

const timed = (content: string, format: "srt" | "vtt" | "lrc") => {
  const { cues, faults } = parseSubtitles(content, format);
  expect(faults).toEqual([]);
  return cues.map(({ startMs, endMs, text }) => [startMs, endMs, text]);
};

const faultsOf = (content: string, format: "srt" | "vtt" | "lrc") => parseSubtitles(content, format).faults;

describe("SubRip", () => {
  const EXPECTED = [
    [1000, 2500, "At dawn she rowed out."],
    [3_723_004, 3_724_000, "The storm came. 1984"],
  ];

  it.each([
    [
      "with indices and commas",
      "1\n00:00:01,000 --> 00:00:02,500\nAt dawn\nshe rowed out.\n\n2\n01:02:03,004 --> 01:02:04,000\nThe storm came.\n1984\n",
    ],
    [
      "without indices, with dots and short clocks",
      "00:01.0 --> 00:02.500\nAt dawn she rowed out.\n\n1:02:03.004 --> 1:02:04\nThe storm came.\n1984",
    ],
    [
      "with a byte order mark, CRLF, positions and tags",
      '\uFEFF1\r\n00:00:01,000 --> 00:00:02,500 X1:40 X2:600\r\n<i>At dawn</i> {\\an8}<font color="red">she rowed out.</font>\r\n\r\n2\r\n01:02:03,004 --> 01:02:04,000\r\nThe storm came.\r\n1984\r\n',
    ],
    [
      "without blank lines",
      "1\n00:00:01,000 --> 00:00:02,500\nAt dawn she rowed out.\n2\n01:02:03,004 --> 01:02:04,000\nThe storm came.\n1984",
    ],
  ])("is read %s", (_name, content) => {
    expect(timed(content, "srt")).toEqual(EXPECTED);
  });

  it.each([
    ["1\n00:00:01 -> 00:00:02\nwords", 2, /00:00:01,000 --> 00:00:02,500/],
    ["1\n00:00:61,000 --> 00:01:02,000\nwords", 2, /no times/],
    ["just words", 1, /no times/],
    ["\n\n1\n00:00:05,000 --> 00:00:02,000\nwords", 4, /ends before/],
    ["00:00:05,000 --> 00:00:06,000\na\n\n00:00:01,000 --> 00:00:02,000\nb", 4, /before the one on line 1/],
    ["", 1, /no words/],
    ["1\n00:00:01,000 --> 00:00:02,000\n\n", 1, /no words/],
  ])("%j is refused, and the fault names its line", (content, line, message) => {
    expect(faultsOf(content, "srt")[0]).toMatchObject({ line, message: expect.stringMatching(message) });
  });
});

describe("WebVTT", () => {
  it("is read without its settings, tags, notes, styles, identifiers and entities", () => {
    const content = `WEBVTT - A title

STYLE
::cue { color: red }

NOTE
00:00:00.000 --> 00:00:01.000 is no cue

intro
00:01.000 --> 00:02.500 align:start position:0%
<v Ada>At dawn <00:01.500><c.loud>she</c> rowed out.</v>

01:02:03.004 --> 01:02:04.000
a &lt;b&gt; &amp;amp; c
`;
    expect(timed(content, "vtt")).toEqual([
      [1000, 2500, "At dawn she rowed out."],
      [3_723_004, 3_724_000, "a <b> &amp; c"],
    ]);
  });

  it.each([
    ["00:01.000 --> 00:02.000\nwords", 1, /WEBVTT/],
    ["WEBVTT\n\n00:01 words\nmore", 4, /no times/],
    ["WEBVTT\n\n00:01.000 --> soon\nwords", 3, /no times/],
  ])("%j is refused, and the fault names its line", (content, line, message) => {
    expect(faultsOf(content, "vtt")[0]).toMatchObject({ line, message: expect.stringMatching(message) });
  });
});

describe("LRC", () => {
  it("several times a line, metadata, word times and the guessed last end are read", () => {
    const content =
      "[ar:Ada]\n[length: 3:00]\n[00:10.00][00:30.5]Row, row\n[00:20.000]<00:20.00> the <00:21.00> boat\n[00:25]\n\n[00:40.00]Home";
    expect(timed(content, "lrc")).toEqual([
      [10_000, 20_000, "Row, row"],
      [20_000, 25_000, "the boat"],
      [30_500, 40_000, "Row, row"],
      [40_000, 44_000, "Home"],
    ]);
  });

  it("a positive offset makes the words come sooner, never before the start; lines of one time end together", () => {
    expect(timed("[offset:+1500]\n[00:01.00]a\n[00:05.00]b\n[00:05.00]c\n[00:07]d", "lrc")).toEqual([
      [0, 3500, "a"],
      [3500, 5500, "b"],
      [3500, 5500, "c"],
      [5500, 9500, "d"],
    ]);
  });

  it.each([
    ["[00:01]a\nno time", 2, /no time/],
    ["[00:61]a", 1, /59 seconds/],
    ["[offset:soon]\n[00:01]a", 1, /offset/],
  ])("%j is refused, and the fault names its line", (content, line, message) => {
    expect(faultsOf(content, "lrc")[0]).toMatchObject({ line, message: expect.stringMatching(message) });
  });
});

describe("hostile files", () => {
  it.each([
    ["srt", "-->".repeat(200_000)],
    ["srt", `00:00:01,000 --> 00:00:02,000\n${"<".repeat(500_000)}`],
    ["srt", `00:00:01,000 --> 00:00:02,000\n${"{\\".repeat(250_000)}`],
    ["srt", " ".repeat(500_000)],
    ["vtt", `WEBVTT\n\n00:01.000 --> 00:02.000\n${"<&lt".repeat(150_000)}`],
    ["lrc", "[00:01]".repeat(200_000)],
    ["lrc", `[a${" ".repeat(500_000)}`],
  ] as const)("%s of half a million characters takes no longer than reading it", (format, content) => {
    const before = process.cpuUsage();
    parseSubtitles(content, format);
    // The processor's time, so that a busy machine changes nothing; a pattern that blows up takes minutes.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(4000);
  });
});
