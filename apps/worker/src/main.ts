import { createLogger, exitWithError, onShutdown } from "@phonoscene/kernel";

import { readConfig } from "./config.ts";
import { startWorker } from "./worker.ts";

try {
  const config = readConfig(process.env);
  const logger = createLogger({ name: "worker", level: config.logLevel });
  const worker = await startWorker(config, logger);
  onShutdown(logger, worker.stop);
  await worker.ready;
  logger.info("working");
  process.send?.({ ready: true });
} catch (error) {
  exitWithError(error);
}
