import { expect, it } from "vitest";

import { pause } from "./pause.ts";

it("a pause ends when it is stopped, and stopping is no error", async () => {
  const stopped = new AbortController();
  const pausing = pause(60_000, stopped.signal);
  stopped.abort(new Error("stop"));
  await expect(pausing).resolves.toBeUndefined();
});

it("a pause that was stopped before it began does not wait", async () => {
  await expect(pause(60_000, AbortSignal.abort())).resolves.toBeUndefined();
});
