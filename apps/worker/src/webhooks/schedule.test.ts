import { DAY, SECOND } from "@phonoscene/kernel";
import { expect, it } from "vitest";

import { DELAYS_MS, nextDelayMs, retryAfterMsOf } from "./schedule.ts";

it("ten attempts, each delayed as promised and at most a fifth more; then none", () => {
  expect(DELAYS_MS).toHaveLength(10);
  for (let made = 1; made < 10; made += 1) {
    expect(nextDelayMs(made, null, 0)).toBe(DELAYS_MS[made]);
    expect(nextDelayMs(made, null, 1)).toBeCloseTo((DELAYS_MS[made] ?? 0) * 1.2);
  }
  expect(nextDelayMs(10, null, 0)).toBeNull();
  expect(nextDelayMs(10, 5, 0)).toBeNull();
});

it("Retry-After puts an attempt off, and never brings it forward", () => {
  expect(nextDelayMs(1, 60 * SECOND, 0)).toBe(60 * SECOND);
  expect(nextDelayMs(2, SECOND, 0)).toBe(300 * SECOND);
});

it.each<[string | undefined, string | undefined, number | null]>([
  [undefined, undefined, null],
  ["120", undefined, 120 * SECOND],
  ["99999999", undefined, DAY],
  ["Sun, 22 Nov 2026 10:00:30 GMT", "Sun, 22 Nov 2026 10:00:00 GMT", 30 * SECOND],
  ["Sun, 22 Nov 2026 09:00:00 GMT", "Sun, 22 Nov 2026 10:00:00 GMT", 0],
  ["Sun, 22 Nov 2026 10:00:30 GMT", undefined, null],
  ["soon", "Sun, 22 Nov 2026 10:00:00 GMT", null],
])("Retry-After %j of an answer dated %j is %j ms", (retryAfter, date, ms) =>
  expect(retryAfterMsOf(retryAfter, date)).toBe(ms),
);
