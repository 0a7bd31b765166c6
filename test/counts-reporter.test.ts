import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

const fixtures = fileURLToPath(new URL("fixtures/counts", import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

const lastLine = (...files: string[]): Promise<string> =>
  new Promise((resolve) => {
    // A run with failures ends with status 1, which is what it should do.
    execFile(process.execPath, [vitest, "run", "--root", fixtures, ...files], (_failure, stdout) => {
      resolve(stdout.trimEnd().split("\n").at(-1) ?? "");
    });
  });

describe("the last line of a test run", () => {
  it("counts tests that passed, failed and were skipped", async () => {
    expect(await lastLine("mixed")).toBe("2 passed, 1 failed, 1 skipped");
  });

  it("counts a file that could not be imported and a hook that failed as failures", async () => {
    expect(await lastLine("broken")).toBe("0 passed, 2 failed, 1 skipped");
  });
});
