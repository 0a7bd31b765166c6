import { AppError } from "@phonoscene/kernel";
import pc from "picocolors";

import { readCommand, USAGE } from "./arguments.ts";
import { admin } from "./commands/admin.ts";
import { deadLetters } from "./commands/dead-letters.ts";
import { demo } from "./commands/demo.ts";
import { models } from "./commands/models.ts";
import { type CommandContext, start } from "./commands/start.ts";
import { readConfig } from "./config.ts";
import { EXIT, UsageError } from "./exit-codes.ts";

const run = async (interrupted: AbortSignal): Promise<number> => {
  const command = readCommand(process.argv.slice(2));
  if (command.name === "help") {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  const { env, stdout, stderr } = process;
  const context: CommandContext = { config: readConfig(env), env, stdout, stderr, interrupted };
  if (command.name === "demo") return demo(context, command);
  if (command.name === "dead-letters") {
    await deadLetters(context, command);
    return EXIT.ok;
  }
  if (command.name === "admin") {
    await admin(context, command);
    return EXIT.ok;
  }
  if (command.name === "models") {
    await models(context, command);
    return EXIT.ok;
  }
  await start(context, command.isJson);
  return EXIT.ok;
};

const report = (error: unknown, interrupted: AbortSignal): number => {
  if (interrupted.aborted) return EXIT.interrupted;
  if (error instanceof UsageError) {
    process.stderr.write(`${pc.red(error.message)}\n${pc.dim("Try: npx pnpm demo --help")}\n`);
    return EXIT.usage;
  }
  if (error instanceof AppError) process.stderr.write(`${pc.red(error.message)} ${pc.dim(`(${error.code})`)}\n`);
  else process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.failed;
};

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => interruption.abort(new Error(`interrupted by ${signal}`)));
}

try {
  process.exitCode = await run(interruption.signal);
} catch (error) {
  process.exitCode = report(error, interruption.signal);
}
