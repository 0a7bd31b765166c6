// `prisma generate` needs no engine, but the CLI insists on one and would download it: any file that exists satisfies it.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("..", import.meta.url));
const result = spawnSync(
  process.execPath,
  [require.resolve("prisma/build/index.js"), "generate", "--no-hints", "--config", `${root}prisma.config.ts`],
  {
    cwd: root,
    stdio: "inherit",
    env: {
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
      ...process.env,
    },
  },
);
process.exit(result.status ?? 1);
