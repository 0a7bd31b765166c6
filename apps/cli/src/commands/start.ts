import path from "node:path";

import pc from "picocolors";
import { z } from "zod";

import { logIn, newAccount, registerAccount } from "../api-client.ts";
import type { CliConfig } from "../config.ts";
import { keepSecret } from "../service/secrets.ts";
import { startService } from "../service/service.ts";

export type CommandContext = {
  config: CliConfig;
  env: NodeJS.ProcessEnv;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** Aborts on Ctrl-C and SIGTERM. */
  interrupted: AbortSignal;
};

const Account = z.object({ email: z.string(), password: z.string() });

/** The account of the person at this machine, kept with the data, so that the printed curl works as pasted. */
const keepAccount = async (url: string, dataDir: string): Promise<z.infer<typeof Account>> => {
  const account = await keepSecret(path.join(dataDir, "account.json"), Account, newAccount);
  await logIn(url, account).catch(() => registerAccount(url, account));
  return account;
};

const curlFor = (url: string, { email, password }: z.infer<typeof Account>): string =>
  [
    `TOKEN=$(curl -s ${url}/v1/auth/login -H 'content-type: application/json' \\`,
    `  -d '${JSON.stringify({ email, password })}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')`,
    `curl -s ${url}/v1/tasks -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\`,
    `  -d '{"text": "At dawn the old fisherman rowed out past the lighthouse."}'`,
  ].join("\n");

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** Keeps the service up until it is interrupted; then drains and stops it. */
export const start = async (
  { config, env, stdout, stderr, interrupted }: CommandContext,
  isJson: boolean,
): Promise<void> => {
  const startedAt = Date.now();
  const dataDir = path.resolve(config.dataDir);
  const service = await startService({
    config,
    env,
    dataDir,
    port: config.port,
    isEphemeral: false,
    onStep: (step) => void stderr.write(`${pc.dim(`· ${step}`)}\n`),
    onLog: (text) => void stderr.write(text),
  });
  try {
    const account = await keepAccount(service.url, dataDir);
    const readyInMs = Date.now() - startedAt;
    const lines = [
      `${pc.green("Phonoscene is ready")} ${pc.dim(`(${(readyInMs / 1000).toFixed(1)} s, ${service.database} database, data in ${config.dataDir})`)}`,
      "",
      `  API     ${pc.cyan(service.url)}`,
      `  Docs    ${pc.cyan(`${service.url}/docs`)}`,
      "",
      "Try it:",
      "",
      curlFor(service.url, account),
      "",
      pc.dim("Ctrl-C stops it; the data stays."),
    ];
    const summary = {
      url: service.url,
      docsUrl: `${service.url}/docs`,
      database: service.database,
      dataDir,
      readyInMs,
    };
    stdout.write(isJson ? `${JSON.stringify(summary)}\n` : `${lines.join("\n")}\n`);
    await aborted(interrupted);
    stderr.write(`${pc.dim("· draining and stopping")}\n`);
  } finally {
    await service.stop();
  }
};
