import { Writable } from "node:stream";

import { useTempDirs } from "@phonoscene/testing";
import { expect, it } from "vitest";

import { readConfig } from "../config.ts";
import { models } from "./models.ts";
import type { CommandContext } from "./start.ts";

const newDir = useTempDirs();

const run = async (command: { action: "list" } | { action: "fetch"; id: string }, isJson: boolean): Promise<string> => {
  let written = "";
  // A stream that is no terminal, as in a pipe.
  const stdout = new Writable({ write: (chunk, _encoding, done) => done(void (written += String(chunk))) }) as never;
  const env = { WHISPER_CACHE_DIR: await newDir(), WHISPER_HUB_URL: "http://127.0.0.1:1" };
  const interrupted = new AbortController().signal;
  const context: CommandContext = { config: readConfig(env), env, stdout, stderr: stdout, interrupted };
  await models(context, { name: "models", isJson, ...command });
  return written;
};

it("models are listed with what they speak, their size and licence, and whether they are here", async () => {
  const table = await run({ action: "list" }, false);
  expect(table).toMatch(/^moonshine-base +local +here +63 MB +en +MIT /m);
  expect(table).toMatch(/^whisper-base +whisper +not here +80 MB +99 languages +Apache-2.0 +onnx-community\//m);
  const json: unknown = JSON.parse(await run({ action: "list" }, true));
  expect(json).toMatchObject({
    models: expect.arrayContaining([expect.objectContaining({ id: "whisper-tiny", isInstalled: false })]),
  });
});

it("a model that cannot be fetched, comes with the packages or does not exist is told so, with the fix", async () => {
  await expect(run({ action: "fetch", id: "whisper-base" }, false)).rejects.toThrow("WHISPER_CACHE_DIR");
  await expect(run({ action: "fetch", id: "moonshine-base" }, false)).rejects.toThrow("comes with the packages");
  await expect(run({ action: "fetch", id: "whisper-huge" }, false)).rejects.toThrow("whisper-small");
});
