import { expect, it } from "vitest";

import { readFailure, readRetryAfterMs } from "./failures.ts";

const vendorError = (fields: Record<string, unknown>): Error => Object.assign(new Error("vendor"), fields);

it.each([
  [{ status: 401 }, "denied", "provider_rejected", "OPENAI_API_KEY"],
  [{ status: 402 }, "denied", "provider_rejected", "credit"],
  [{ status: 403 }, "denied", "provider_rejected", "OPENAI_API_KEY"],
  [{ status: 429, code: "insufficient_quota" }, "denied", "provider_rejected", "credit"],
  [{ status: 404, code: "model_not_found" }, "denied", "provider_rejected", "OPENAI_MODEL"],
  [{ status: 404 }, "unsupported", "provider_rejected", "another server"],
  [{ status: 400 }, "unsupported", "provider_rejected", "another server"],
  [{ status: 422 }, "unsupported", "provider_rejected", "another server"],
  [{ status: 501 }, "unsupported", "provider_rejected", "another server"],
  [{ status: 400, code: "content_filter" }, "blocked", "content_blocked", "change the text"],
  [{ status: 403, code: "moderation" }, "blocked", "content_blocked", "change the text"],
  [{ status: 400, code: "context_length_exceeded" }, "too-long", "llm_invalid_output", "more scenes"],
  [{ status: 413 }, "too-long", "llm_invalid_output", "more scenes"],
  [{ status: 408 }, "transient", "provider_unavailable", "try again"],
  [{ status: 429 }, "transient", "provider_unavailable", "slow down"],
  [{ status: 500 }, "transient", "provider_unavailable", "500"],
  [{ status: 503 }, "transient", "provider_unavailable", "503"],
])("%j is %s", (...[fields, kind, code, hint]) => {
  const failure = readFailure(vendorError(fields));
  expect(failure).toMatchObject({ kind, error: { code } });
  expect(failure.error.message).toContain(hint);
});

it("keeps the vendor's words out of the error", () => {
  const failure = readFailure(vendorError({ status: 401, message: "Incorrect API key: sk-canary" }));
  expect(`${failure.error.stack} ${String(failure.error.cause)}`).not.toContain("canary");
});

it("an error of our own is thrown on, not retried", () => {
  const bug = new TypeError("x is not a function");
  expect(() => readFailure(bug)).toThrow(bug);
});

it.each([
  [{ "retry-after": "7" }, 7000],
  [{ "retry-after-ms": "250", "retry-after": "7" }, 250],
  [{ "retry-after": "Thu, 01 Jan 1970 00:00:30 GMT" }, 20_000],
  [{ "retry-after": "Thu, 01 Jan 1970 00:00:01 GMT" }, 0],
  [{ "retry-after": "soon" }, undefined],
  [{}, undefined],
])("the wait that %j asks for is %s ms", (headers, expectedMs) => {
  expect(readRetryAfterMs(new Headers(headers as Record<string, string>), 10_000)).toBe(expectedMs);
});
