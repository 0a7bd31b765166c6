import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { MINUTE } from "../../packages/kernel/src/index.ts";
import type { Buildah, ImageConfig, Running } from "./buildah.ts";
import { Failure } from "./programs.ts";
import type { Stores } from "./stores.ts";

const HEALTHY_WAIT_MS = MINUTE;
const CHECK_EVERY_MS = 250;

export type Service = { name: string; running: Running; port: number };

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (typeof address !== "object" || address === null) throw new Error("A listening socket has no port.");
  return address.port;
};

const healthCommand = ({ Healthcheck: healthcheck }: ImageConfig): string[] => {
  const [kind, ...command] = healthcheck?.Test ?? [];
  if (kind !== "CMD") throw new Failure("The HEALTHCHECK is not a command in JSON form: the image may have no shell.");
  return command;
};

const throwIfEnded = async ({ name, running }: Service): Promise<void> => {
  const code = await Promise.race([running.ended, delay(CHECK_EVERY_MS, "running" as const)]);
  if (code !== "running") throw new Failure(`The ${name} ended with exit code ${code}:\n${running.output()}`);
};

export type ServiceStarter = {
  buildah: Buildah;
  stores: Stores;
  dataDir: string;
};

/** Migrates the database the way Compose does: the API's image with another command, to its end. */
export const runMigration = async (starter: ServiceStarter, container: string): Promise<void> => {
  const { buildah, stores, dataDir } = starter;
  const env = { DATABASE_URL: stores.databaseUrl, QUEUE_URL: stores.redisUrl };
  const running = buildah.start(container, { command: ["node", "dist/migrate-main.js"], env, dataDir });
  const code = await running.ended;
  if (code !== 0) throw new Failure(`migrate ended with exit code ${code}:\n${running.output()}`);
};

/**
 * Starts an image's own command and waits until its HEALTHCHECK passes.
 * @throws Failure with the log when it ends, or is not healthy within a minute.
 */
export const startService = async (
  { buildah, stores, dataDir }: ServiceStarter,
  { name, container, config }: { name: "api" | "worker"; container: string; config: ImageConfig },
): Promise<Service> => {
  const port = await freePort();
  const portVariable = name === "api" ? "PORT" : "WORKER_HEALTH_PORT";
  const env = {
    DATABASE_URL: stores.databaseUrl,
    QUEUE_URL: stores.redisUrl,
    [portVariable]: String(port),
    ...(name === "api" && { JWT_SECRET: randomBytes(48).toString("base64"), HOST: "127.0.0.1" }),
  };
  // As an engine runs it: in the container, and healthy means exit code 0.
  const isHealthy = async (): Promise<boolean> =>
    (await buildah.start(container, { command: healthCommand(config), env, dataDir }).ended) === 0;
  const service = { name, port, running: buildah.start(container, { command: config.Cmd, env, dataDir }) };
  const deadlineMs = Date.now() + HEALTHY_WAIT_MS;
  try {
    while (!(await isHealthy())) {
      await throwIfEnded(service);
      if (Date.now() > deadlineMs) {
        throw new Failure(`The ${name} is not healthy after a minute:\n${service.running.output()}`);
      }
    }
  } catch (error) {
    await service.running.kill();
    throw error;
  }
  return service;
};
