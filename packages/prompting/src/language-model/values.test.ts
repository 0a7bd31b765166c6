import { describe, expect, it } from "vitest";

import { cleanValue, faultOf } from "./values.ts";

describe("cleanValue", () => {
  it.each([
    ["a fisherman --ar 16:9 --v 6", "a fisherman"],
    ["a fisherman --no blood, gore, boats", "a fisherman, gore, boats"],
    ["a fisherman —no teeth --style raw --sref random", "a fisherman"],
    ["--stylize 250 rowing at dawn", "rowing at dawn"],
    ["a boat –chaos 50", "a boat"],
    ["sea::2 storm::-1.5", "sea, storm"],
    ["{red, blue} (lantern:1.3) [fog]", "red, blue lantern fog"],
    ["line one\nline two\r\nline three\u2028end", "line one line two line three end"],
    ["https://example.com/a.png a lighthouse", "a lighthouse"],
    ["/imagine prompt: a raven", "a raven"],
    ["zero\u200Bwidth \u202Eright", "zerowidth right"],
    ["storm--tossed ship", "storm, tossed ship"],
    ['"quoted", «angled», `code`', "quoted, angled, code"],
    ["  , a raven ,, on a bust . ", "a raven, on a bust"],
    ["--ar 16:9", ""],
  ])("%j becomes %j", (value, clean) => {
    expect(cleanValue(value)).toBe(clean);
  });

  it("keeps hyphens, apostrophes, dashes between words and letters of any script", () => {
    const value = "the keeper's rust-red boat — середина ночі, 夜明け";
    expect(cleanValue(value)).toBe(value);
  });

  it("takes linear time on a hostile value", () => {
    const startedMs = performance.now();
    for (const piece of ["--no ", ":: ", "(a:1", "a://", "-", ", ", "—no a "]) cleanValue(piece.repeat(20_000));
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });
});

describe("faultOf", () => {
  it.each(["", "unknown", "N/A", "not specified", "x".repeat(401), "=====ab=====", "As an AI I see a boat"])(
    "%j is not a value",
    (value) => {
      expect(faultOf(value, "=====ab=====")).toEqual(expect.any(String));
    },
  );

  it.each(["none of the sailors asleep", "an unknown sailor", "a model of a ship", "a raven"])(
    "%j is a value",
    (value) => {
      expect(faultOf(value, "=====ab=====")).toBeNull();
    },
  );
});
