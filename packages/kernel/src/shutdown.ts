import { AppError } from "./errors.ts";
import type { Logger } from "./logger.ts";

/**
 * Runs `stop` once on SIGTERM, on SIGINT, or when the parent process that forked this one is gone, then exits: 0 when
 * `stop` resolved, 1 when it rejected. Under a parent, SIGINT is left to the parent: a terminal sends Ctrl-C to both,
 * and the parent stops its children in order.
 */
export const onShutdown = (logger: Logger, stop: () => Promise<void>): void => {
  let isStopping = false;
  const begin = (reason: string): void => {
    if (isStopping) return;
    isStopping = true;
    logger.info({ reason }, "stopping");
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, "stopping failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => begin("SIGTERM"));
  process.on("SIGINT", () => {
    if (process.send === undefined) begin("SIGINT");
  });
  process.on("disconnect", () => begin("parent is gone"));
};

/** Ends a process that could not start: an AppError's own words, or an unknown error's stack, on standard error; exit 1. */
export const exitWithError = (error: unknown): never => {
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${error instanceof AppError ? error.message : words}\n`);
  process.exit(1);
};
