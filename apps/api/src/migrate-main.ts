import { fileURLToPath } from "node:url";

import { migrate } from "@phonoscene/db/migrate";
import { createLogger, exitWithError } from "@phonoscene/kernel";
import { migrateQueue } from "@phonoscene/queue";

import { type MigrationConfig, readMigrationConfig } from "./config.ts";

/** As far away from the compiled file in the image as in the repository. */
const MIGRATIONS_DIR = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));

const run = async ({ databaseUrl, queueUrl, logLevel }: MigrationConfig): Promise<void> => {
  const logger = createLogger({ name: "migrate", level: logLevel });
  const applied = await migrate(databaseUrl, MIGRATIONS_DIR);
  await migrateQueue(queueUrl);
  logger.info({ applied }, "database and queue are up to date");
};

try {
  await run(readMigrationConfig(process.env));
} catch (error) {
  exitWithError(error);
}
