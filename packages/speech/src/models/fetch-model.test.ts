import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { startModelHub, tinyModel } from "../../test/model-hub.ts";
import { fetchModel, type FetchOptions } from "./fetch-model.ts";
import { installedModels } from "./installed.ts";
import { findModel, sizeOf, SPEECH_MODELS } from "./registry.ts";

let cacheDir: string;
let hub: Awaited<ReturnType<typeof startModelHub>>;
beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "models-"));
});
afterAll(() => rm(cacheDir, { recursive: true }));
beforeEach(async () => {
  hub = await startModelHub();
});
afterEach(() => hub.close());

const fetchTiny = (id: string, overrides: Partial<FetchOptions> = {}): Promise<string> =>
  fetchModel(tinyModel(id), { cacheDir, hubUrl: hub.url, signal: new AbortController().signal, ...overrides });

test("a model is fetched with rising progress, at its revision, and a second time nothing is asked for", async () => {
  const bytes: number[] = [];
  const folder = await fetchTiny("whole", { onProgress: (count) => bytes.push(count) });
  expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
  expect(bytes.at(-1)).toBe(sizeOf(tinyModel("whole")));
  expect(hub.asked).toContain("/tests/whole/resolve/abc/onnx/encoder_model_quantized.onnx");
  expect((await readdir(folder)).filter((name) => name.endsWith(".partial"))).toEqual([]);
  hub.asked.length = 0;
  await fetchTiny("whole");
  expect(hub.asked).toEqual([]);
});

test("a file that was damaged is fetched anew, the others stay", async () => {
  const folder = await fetchTiny("damaged");
  const path = join(folder, "config.json");
  const content = await readFile(path);
  await writeFile(path, content.fill(32, 0, 10));
  hub.asked.length = 0;
  await fetchTiny("damaged");
  expect(hub.asked).toEqual(["/tests/damaged/resolve/abc/config.json"]);
});

test("what is not what was published is not kept", async () => {
  hub.alter("tokenizer.json", Buffer.from("{}"));
  const work = fetchTiny("altered");
  await expect(work).rejects.toMatchObject({ code: "model_not_installed" });
  await expect(work).rejects.toThrow("tokenizer.json came with another SHA-256");
  expect(await readdir(join(cacheDir, "altered"))).toEqual([
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
  ]);
});

test("a hub out of reach, and one without the model, are told with the fix", async () => {
  await expect(fetchTiny("offline", { hubUrl: "http://127.0.0.1:1" })).rejects.toThrow(
    /127\.0\.0\.1:1 cannot be reached .*run pnpm models fetch offline/,
  );
  const missing = { ...tinyModel("missing"), files: [{ path: "no.json", sizeBytes: 1, sha256: "" }] };
  const work = fetchModel(missing, { cacheDir, hubUrl: hub.url, signal: new AbortController().signal });
  await expect(work).rejects.toThrow("/no.json answers 404");
});

test("an abort ends a download with the signal's reason", async () => {
  const controller = new AbortController();
  const reason = new Error("canceled");
  const work = fetchTiny("aborted", { signal: controller.signal, onProgress: () => controller.abort(reason) });
  await expect(work).rejects.toBe(reason);
});

test("the registry names each model once, with whole checksums, and knows which are here", async () => {
  const ids = SPEECH_MODELS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { sha256 } of SPEECH_MODELS.flatMap(({ files }) => files)) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(findModel("onnx-community/whisper-base_timestamped")?.languages).toEqual(
    expect.arrayContaining(["uk", "en", "ru"]),
  );
  const here = (await installedModels({ cacheDir })).filter(({ isInstalled }) => isInstalled);
  expect(here.map(({ id }) => id)).toEqual(["moonshine-base", "moonshine-tiny"]);
});
