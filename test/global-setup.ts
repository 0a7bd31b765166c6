// One PostgreSQL and one Redis for all test files; each file then takes a database and a prefix of its own.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { runMigrations } from "bullmq";
import { Redis } from "ioredis";

// For its declaration of what is provided here.
import "../packages/testing/src/index.ts";
import pg from "pg";
import type { TestProject } from "vitest/node";

import { startEmbeddedPostgres } from "../packages/db/src/embedded-postgres.ts";
import { migrate } from "../packages/db/src/migrate.ts";
import { findRedis, type TestRedis } from "./redis-server.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

type Server = { url: (database: string) => string; stop: () => Promise<void> };

const withClient = async (url: string, use: (client: pg.Client) => Promise<unknown>): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
};

/** TEST_DATABASE_URL names a server on which databases may be made; those of failed tests stay there to be looked at. */
const startServer = async (namedUrl: string | undefined): Promise<Server> => {
  if (namedUrl === undefined || namedUrl === "") {
    const dataDir = await mkdtemp(join(tmpdir(), "phonoscene-test-"));
    return startEmbeddedPostgres({ dataDir, ephemeral: true });
  }
  const url = (database: string) => Object.assign(new URL(namedUrl), { pathname: `/${database}` }).href;
  return { url, stop: () => Promise.resolve() };
};

const makeTemplate = async (server: Server, template: string): Promise<void> => {
  await withClient(server.url("postgres"), (client) => client.query(`CREATE DATABASE ${template}`));
  await migrate(server.url(template), join(root, "prisma", "migrations"));
  await withClient(server.url(template), (client) => runMigrations(client, "bullmq"));
};

const removeKeys = async (redis: TestRedis, prefix: string): Promise<void> => {
  const client = new Redis(redis.url);
  for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1000 })) {
    // A scan gives pages of keys, and streams are not typed.
    const page = keys as string[];
    if (page.length > 0) await client.unlink(page);
  }
  await client.quit();
};

const redisForTests = async (): Promise<TestRedis | null> => {
  const redis = await findRedis({
    url: process.env["TEST_REDIS_URL"],
    defaultUrl: "redis://127.0.0.1:6379",
    cacheDir: join(root, "node_modules", ".cache", "phonoscene-redis"),
  });
  if (redis !== null) return redis;
  const line = "No Redis was found: its suites are skipped. Set TEST_REDIS_URL, or install redis-server.\n";
  if (process.env["CI"] === "true") throw new Error(line);
  process.stderr.write(line);
  return null;
};

const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const runId = randomBytes(4).toString("hex");
  const template = `phonoscene_template_${runId}`;
  const redisPrefix = `phonoscene-test-${runId}-`;
  const server = await startServer(process.env["TEST_DATABASE_URL"]);
  await makeTemplate(server, template);
  const redis = await redisForTests();
  project.provide("databaseServerUrl", server.url("postgres"));
  project.provide("templateDatabase", template);
  project.provide("redisUrl", redis?.url ?? null);
  project.provide("redisPrefix", redisPrefix);
  const answersDir = await mkdtemp(join(tmpdir(), "phonoscene-answers-"));
  project.provide("answersDir", process.env["ANSWERS_DIR"] ?? answersDir);
  return async () => {
    if (redis !== null) {
      await removeKeys(redis, redisPrefix);
      await redis.stop();
    }
    await withClient(server.url("postgres"), (client) => client.query(`DROP DATABASE ${template}`));
    await server.stop();
    await rm(answersDir, { recursive: true });
  };
};

export default setup;
