import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, expect, it } from "vitest";

import { CRASH_POINTS, crashPoint } from "./crash-points.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const HOOK = Symbol.for("phonoscene.crash-point");

afterEach(() => {
  Reflect.deleteProperty(globalThis, HOOK);
});

const read = async (folder: string, matches: (file: string) => boolean): Promise<Map<string, string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.includes("node_modules") && matches(file));
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file, "utf8")] as const)));
};

/** What is shipped: the sources of apps and packages, without tests and the package for tests. */
const isShipped = (file: string): boolean =>
  /\/src\/.*\.ts$/.test(file) && !/\.test\.ts$|\/test-[^/]*$|\/generated\/|packages\/testing\/|\/dist\//.test(file);

const sources = async (): Promise<string[]> => {
  const maps = await Promise.all(["apps", "packages"].map((folder) => read(path.join(root, folder), isShipped)));
  return maps.flatMap((map) => [...map.values()]);
};

it("every name is used at exactly one place of the code", async () => {
  const uses = (await sources()).flatMap((text) =>
    [...text.matchAll(/\bcrashPoint\("([^"]+)"\)/g)].map((m) => m[1] ?? ""),
  );
  const byName = (a: string, b: string) => a.localeCompare(b);
  expect(uses.toSorted(byName)).toEqual(Object.keys(CRASH_POINTS).toSorted(byName));
});

it("nothing happens without a hook, and a hook is told the name", () => {
  expect(crashPoint("claim/taken")).toBeUndefined();
  const seen: string[] = [];
  Object.assign(globalThis, { [HOOK]: (name: string) => seen.push(name) });
  crashPoint("claim/taken");
  expect(seen).toEqual(["claim/taken"]);
  Object.assign(globalThis, { [HOOK]: "not a function" });
  expect(() => crashPoint("claim/taken")).not.toThrow();
});

it("nothing that is shipped writes the hook: it is named in one module, which as built only reads it", async () => {
  const naming = (await sources()).filter((text) => text.includes("phonoscene.crash-point"));
  expect(naming).toHaveLength(1);
  const outDir = await mkdtemp(path.join(tmpdir(), "phonoscene-dist-"));
  try {
    const kernel = path.join(root, "packages", "kernel");
    const tsc = path.join(kernel, "node_modules", ".bin", "tsc");
    execFileSync(tsc, ["-p", "tsconfig.build.json", "--outDir", outDir, "--noCheck"], { cwd: kernel });
    const built = await readFile(path.join(outDir, "crash-points.js"), "utf8");
    const uses = built.split("\n").filter((line) => line.includes("HOOK"));
    expect(uses.map((line) => line.trim())).toEqual([
      'const HOOK = Symbol.for("phonoscene.crash-point");',
      "const hook = globalThis[HOOK];",
    ]);
    expect(built).not.toMatch(/process\.env|defineProperty|Object\.assign/);
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
});
