import { describe, expect, it } from "vitest";

import { attachment } from "./file-name.ts";

const nameOf = (name: string) => attachment(name, { fallback: "task-1", extension: "srt" });

describe("the name of a download", () => {
  it.each([
    ["My talk", 'filename="My talk.srt"'],
    ["../../etc/passwd", 'filename="-..-etc-passwd.srt"'],
    ['a"b\\c\r\nSet-Cookie: x', 'filename="a-b-cSet-Cookie- x.srt"'],
    ["...", 'filename="task-1.srt"'],
    ["", 'filename="task-1.srt"'],
    ["con", 'filename="con_.srt"'],
    ["100%", "filename=\"100_.srt\"; filename*=UTF-8''100%25.srt"],
    ["Пісня", "filename=\"_____.srt\"; filename*=UTF-8''%D0%9F%D1%96%D1%81%D0%BD%D1%8F.srt"],
    ["it's (1)*", 'filename="it\'s (1)-.srt"'],
    ["evil\u202Egpj", 'filename="evilgpj.srt"'],
    ["half \uD83D", 'filename="half.srt"'],
    ["x".repeat(200), `filename="${"x".repeat(100)}.srt"`],
  ])("%j is safe on any system", (name, expected) => {
    expect(nameOf(name)).toBe(`attachment; ${expected}`);
  });
});
