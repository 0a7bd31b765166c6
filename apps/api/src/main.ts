import { createServer } from "node:http";
import path from "node:path";

import { drainOutbox, openDatabase, startLeaseHolder } from "@phonoscene/db";
import {
  AppError,
  createLogger,
  createProviderHooks,
  exitWithError,
  HOUR,
  MAX_RECORDING_BYTES,
  onShutdown,
  SECOND,
} from "@phonoscene/kernel";
import { createAddressPolicy } from "@phonoscene/outbound";
import { createProducer, openQueueBackend, type RelayOptions, startRelay } from "@phonoscene/queue";
import { openLocalDisk } from "@phonoscene/storage";

import { createApp } from "./app.ts";
import { type ApiConfig, readConfig } from "./config.ts";
import {
  createAccessTokens,
  createLoginGuard,
  createPasswords,
  createPasswordStrength,
  createRefreshTokens,
} from "./features/accounts/index.ts";
import { openRateLimitStore } from "./http/rate-limit-store.ts";
import { createRateLimits } from "./http/rate-limits.ts";
import { VERSION } from "./version.ts";

const DRAIN_MS = 8 * SECOND;

const listen = (server: ReturnType<typeof createServer>, { port, host }: ApiConfig): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const detail =
        cause.code === "EADDRINUSE"
          ? `Port ${port} on ${host} is taken by another process. Stop it, or set PORT to a free one (0 lets the system choose).`
          : `Cannot listen on ${host}:${port}: ${cause.message}.`;
      reject(new AppError("config/invalid", { detail }, { cause }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });

const run = async (config: ApiConfig): Promise<void> => {
  const logger = createLogger({ name: "api", level: config.logLevel });
  const database = openDatabase({
    url: config.databaseUrl,
    poolSize: config.databasePoolSize,
    onPoolError: (error) => logger.warn({ err: error }, "database connection error"),
  });
  const backend = openQueueBackend({ url: config.queueUrl, prefix: config.queuePrefix, logger });
  const producer = createProducer(backend);
  const mayRelay = startLeaseHolder({ db: database.db, name: "relay", logger });
  const drain: RelayOptions["drain"] = (send) => drainOutbox(database.db, send);
  const relay = startRelay({ drain, producer, mayPoll: mayRelay.isHeld, logger });
  const stopping = new AbortController();
  const limitStore = openRateLimitStore({ queueUrl: config.queueUrl, prefix: config.queuePrefix, database, logger });
  const app = createApp({
    stopping: stopping.signal,
    database,
    backend,
    relay,
    producer,
    storage: await openLocalDisk(path.join(config.dataDir, "audio")),
    tokens: createAccessTokens(config.jwtSecret),
    refreshTokens: createRefreshTokens(config.jwtSecret),
    passwords: createPasswords(),
    passwordStrength: createPasswordStrength(),
    limits: createRateLimits(limitStore, config.rateLimits),
    loginGuard: createLoginGuard(limitStore, config.rateLimits.loginFailures),
    providerHooks: config.providerHookSecret === undefined ? null : createProviderHooks(config.providerHookSecret),
    logger,
    trustProxyHops: config.trustProxyHops,
    isAllowedAddress: createAddressPolicy(config.allowedNetworks),
    maxUploadBytes: MAX_RECORDING_BYTES,
    version: VERSION,
  });
  const server = createServer({ requestTimeout: HOUR, headersTimeout: 30 * SECOND }, app);
  // Idle sockets only: an upload that moves may take its hour.
  server.setTimeout(30 * SECOND);
  const port = await listen(server, config);

  onShutdown(logger, async () => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    stopping.abort();
    server.closeIdleConnections();
    const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    await closed;
    clearTimeout(force);
    await relay.stop();
    await mayRelay.stop();
    await producer.close();
    await backend.close();
    await limitStore.close();
    await database.close();
  });
  logger.info({ port, host: config.host, queue: backend.kind }, "listening");
  process.send?.({ ready: true, port });
};

try {
  await run(readConfig(process.env));
} catch (error) {
  exitWithError(error);
}
