import { expect, it } from "vitest";

import { decodeCursor, encodeCursor } from "./cursors.ts";
import { newId } from "./ids.ts";

it("a cursor leads back to its place", () => {
  const place = { createdAt: new Date("2026-11-22T10:00:00.123Z"), id: newId() };
  expect(decodeCursor(encodeCursor(place))).toEqual(place);
});

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

it.each([
  "",
  "nonsense",
  encode({}),
  encode(["2026-11-22", newId()]),
  encode(["2026-11-22T10:00:00.123Z", "1 OR 1=1"]),
  encode(["2026-11-22T10:00:00.123Z", newId(), "more"]),
  encode(["0000-01-01T00:00:00.000Z", newId()]),
])("%j is refused with a clear error", (cursor) => {
  expect(() => decodeCursor(cursor)).toThrow(/not one that this list gave out/);
});
