import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import { API_VARIABLES, MIGRATION_VARIABLES } from "../apps/api/src/config.ts";
import { CLI_VARIABLES } from "../apps/cli/src/config.ts";
import { WORKER_VARIABLES } from "../apps/worker/src/config.ts";

type Entry = { name: string; value: string; readers: string[]; explanation: string };
type ComposeFile = { services: Record<string, { environment?: Record<string, string | null> }> };
/** The part of a variable's schema that the tests need: whatever it is, it takes text or nothing. */
type Schema = { safeParse(value: unknown): { success: boolean; data?: unknown } };

const fromRoot = (name: string): Promise<string> =>
  readFile(fileURLToPath(new URL(`../${name}`, import.meta.url)), "utf8");

/** A variable is a `NAME=value` line, or `#NAME=default`, right below the comment that explains it. */
const ENTRY = /((?:^# .+\n)+)^#?([A-Z][A-Z0-9_]*)=(.*)$/gm;

const readEntries = (text: string): Entry[] =>
  [...text.matchAll(ENTRY)].map(([, comment = "", name = "", value = ""]) => {
    const [, readers = "", explanation = ""] = /^\[([a-z ]+)\] ([^]+)$/.exec(comment.replaceAll(/^# /gm, "")) ?? [];
    return { name, value, readers: readers.split(" "), explanation };
  });

const text = await fromRoot(".env.example");
const entries = readEntries(text);
const composeText = await fromRoot("docker-compose.yml");
// The Compose specification gives the file this shape; `pnpm compose:check` checks that.
const compose = parse(composeText, { merge: true }) as ComposeFile;

/** Compose names the services' addresses itself, and paths of this machine mean nothing in a container. */
const NOT_PASSED_ON = new Set(["REDIS_URL", "SPEECH_MODEL_DIR", "WHISPER_CACHE_DIR", "FFMPEG_PATH"]);

const readBy = (reader: string): string[] =>
  entries.filter(({ readers }) => readers.includes(reader)).map(({ name }) => name);

const VARIABLES: Record<string, Record<string, Schema>> = {
  api: API_VARIABLES.shape,
  worker: WORKER_VARIABLES.shape,
  migrate: MIGRATION_VARIABLES.shape,
  cli: CLI_VARIABLES.shape,
};

describe(".env.example", () => {
  test("explains each variable once, and says who reads it", () => {
    const names = entries.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBe([...text.matchAll(/^#?[A-Z][A-Z0-9_]*=/gm)].length);
    expect(entries.filter(({ explanation }) => explanation.length < 20)).toEqual([]);
  });

  test.each(Object.keys(VARIABLES))("has the variables that %s reads, and no other for it", (reader) => {
    expect(new Set(readBy(reader))).toEqual(new Set(Object.keys(VARIABLES[reader] ?? {})));
  });

  test("has the variables that docker-compose.yml fills in, and no other for it", () => {
    const filledIn = [...composeText.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
    expect(new Set(filledIn)).toEqual(new Set(readBy("compose")));
  });

  const read = entries.flatMap(({ name, value, readers: [reader = ""] }) => {
    const schema = VARIABLES[reader]?.[name];
    return schema === undefined ? [] : [{ name, value, schema }];
  });

  test.each(read)("shows the default of $name", ({ value, schema }) => {
    const shown = value === "" ? undefined : schema.safeParse(value).data;
    expect(schema.safeParse(undefined).data).toEqual(shown);
  });
});

describe("docker-compose.yml", () => {
  test.each(["api", "worker", "migrate"])("hands every variable of %s on, or sets it", (service) => {
    const handedOn = Object.keys(compose.services[service]?.environment ?? {});
    const read = Object.keys(VARIABLES[service] ?? {}).filter((name) => !NOT_PASSED_ON.has(name));
    expect(new Set(handedOn)).toEqual(new Set(read));
  });

  test("sets only what a container's surroundings fix", () => {
    const fixed = Object.values(compose.services).flatMap(({ environment = {} }) =>
      Object.entries(environment).flatMap(([name, value]) => (value === null ? [] : [name])),
    );
    const database = ["POSTGRES_DB", "POSTGRES_PASSWORD", "POSTGRES_USER"];
    const app = [
      "DATABASE_URL",
      "QUEUE_URL",
      "JWT_SECRET",
      "PHONOSCENE_DATA_DIR",
      "HOST",
      "PORT",
      "WORKER_HEALTH_PORT",
    ];
    expect(new Set(fixed)).toEqual(new Set([...database, ...app]));
  });
});
