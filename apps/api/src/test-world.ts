import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import os from "node:os";
import path from "node:path";

import { createSession, createUser, type Database, drainOutbox, openDatabase } from "@phonoscene/db";
import { createLogger, createProviderHooks, newId } from "@phonoscene/kernel";
import { createAddressPolicy } from "@phonoscene/outbound";
import { createProducer, openQueueBackend, type QueueName, startRelay } from "@phonoscene/queue";
import { openLocalDisk } from "@phonoscene/storage";
import { inject } from "vitest";

import { createApp } from "./app.ts";
import {
  createAccessTokens,
  createLoginGuard,
  createPasswords,
  createPasswordStrength,
  createRefreshTokens,
} from "./features/accounts/index.ts";
import { openRateLimitStore } from "./http/rate-limit-store.ts";
import { createRateLimits, type RateLimitConfig } from "./http/rate-limits.ts";
import { type ConformanceWatch, watchConformance } from "./test-conformance-watch.ts";

export const TEST_SECRET = "a secret of more than thirty-two characters";

/** Tests register as many users as they like; those about limits set their own. */
const NO_LIMITS: RateLimitConfig = {
  apiPerMinute: 0,
  bulkPerMinute: 0,
  registerPerHour: 0,
  loginPerMinute: 0,
  refreshPerMinute: 0,
  loginFailures: 0,
  hookPerMinute: 0,
};

export const TEST_HOOK_SECRET = "another secret of more than thirty-two characters";

/** Of "correct horse battery", as the service makes it: made once, since each hash takes 64 MiB and some 100 ms. */
const PASSWORD_HASH =
  "$argon2id$v=19$m=65536,t=3,p=1$fcNUQlYt3M8Z8OhMEwvQpA$wnbyrZ/mD06us3SNTVuQmqSj0jPGUd2yr601/Hn7Dyc";

export type ApiWorld = {
  url: string;
  databaseUrl: string;
  database: Database;
  /** Payloads that wait in a queue. */
  jobs(queue: QueueName): Promise<unknown[]>;
  /** Files under the data directory, incoming and stored. */
  files(): Promise<string[]>;
  /**
   * Every answer is held against the OpenAPI document, and so is the JSON that led to a 2xx.
   * @throws Error naming route, status and place of what is not as documented.
   */
  request(path: string, init?: RequestInit & { token?: string; json?: unknown }): Promise<Response>;
  /** Someone who has registered, with the password "correct horse battery", and logged in; resolves to an access token. */
  newUser(email?: string): Promise<string>;
  /** Tells the application that its process is to stop. */
  beginStop(): void;
  close(): Promise<void>;
};

export type ApiWorldOverrides = {
  maxUploadBytes?: number;
  /** Not public, and may be named in an `audioUrl` all the same. */
  allowedNetworks?: string[];
  streamHeartbeatMs?: number;
  hasProviderHooks?: false;
  limits?: Partial<RateLimitConfig>;
  /** Where counters are kept, and under which prefix; in the database unless told. */
  limitStore?: { url: string; prefix: string };
};

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });

/** A request whose answer is checked. */
const createRequest =
  (url: string, conformance: ConformanceWatch): ApiWorld["request"] =>
  async (where, { token, json, ...init } = {}) => {
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    if (json !== undefined) headers.set("content-type", "application/json");
    const body = json === undefined ? init.body : JSON.stringify(json);
    const response = await fetch(url + where, { ...init, headers, ...(body !== undefined && { body }) });
    const isJson = typeof body === "string" && headers.get("content-type") === "application/json";
    const asked = { method: init.method ?? "GET", pathname: new URL(url + where).pathname };
    return conformance.watch({ ...asked, ...(isJson && { body }) }, response);
  };

/** The whole application on a free loopback port, over a real database that also holds the queue; no worker serves it. */
export const startApiWorld = async (databaseUrl: string, overrides: ApiWorldOverrides = {}): Promise<ApiWorld> => {
  const logger = createLogger({ name: "api-test", level: "silent" });
  const database = openDatabase({
    url: databaseUrl,
    poolSize: 5,
    onPoolError: (error) => logger.warn({ err: error }, "pool"),
  });
  const dataDir = await mkdtemp(path.join(os.tmpdir(), "phonoscene-api-test-"));
  const backend = openQueueBackend({ url: databaseUrl, logger });
  const producer = createProducer(backend);
  const relay = startRelay({ drain: (send) => drainOutbox(database.db, send), producer, logger });
  const stopping = new AbortController();
  const { url: queueUrl, prefix } = overrides.limitStore ?? { url: databaseUrl, prefix: "test" };
  const limitStore = openRateLimitStore({ queueUrl, prefix, database, logger });
  const limits = { ...NO_LIMITS, ...overrides.limits };
  const tokens = createAccessTokens(TEST_SECRET);
  const refreshTokens = createRefreshTokens(TEST_SECRET);
  const app = createApp({
    stopping: stopping.signal,
    database,
    backend,
    relay,
    producer,
    storage: await openLocalDisk(dataDir),
    tokens,
    refreshTokens,
    passwords: createPasswords(),
    passwordStrength: createPasswordStrength(),
    limits: createRateLimits(limitStore, limits),
    loginGuard: createLoginGuard(limitStore, limits.loginFailures),
    providerHooks: overrides.hasProviderHooks === false ? null : createProviderHooks(TEST_HOOK_SECRET),
    logger,
    trustProxyHops: 0,
    isAllowedAddress: createAddressPolicy(overrides.allowedNetworks),
    maxUploadBytes: overrides.maxUploadBytes ?? 10_000_000,
    version: "0.0.0-test",
    ...(overrides.streamHeartbeatMs !== undefined && { streamHeartbeatMs: overrides.streamHeartbeatMs }),
  });
  const server = createServer(app);
  const url = `http://127.0.0.1:${await listen(server)}`;

  const conformance = watchConformance(inject("answersDir"));
  const request = createRequest(url, conformance);
  return {
    url,
    databaseUrl,
    database,
    jobs: async (name) => {
      const queue = backend.createQueue(name);
      const jobs = await queue.getJobs(["waiting"]);
      await queue.close();
      return jobs.map((job) => job.data);
    },
    files: async () => {
      const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
    },
    request,
    newUser: async (email = `user${newId()}@example.com`) => {
      const user = await createUser(database.db, { email, name: "Ada", passwordHash: PASSWORD_HASH });
      const session = { id: newId(), userId: user.id, userAgent: null };
      await createSession(database.db, { ...session, refreshHash: refreshTokens.issue(session.id).hash });
      return tokens.issue({ userId: user.id, sessionId: session.id });
    },
    beginStop: () => stopping.abort(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      await relay.stop();
      await producer.close();
      await backend.close();
      await limitStore.close();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
      await conformance.end();
    },
  };
};
