// Brings the workspace up to date (packages, generated code, build) and hands over to the command line.
// Everything that is not the command's own output goes to standard error.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

const fail = (message) => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

// pnpm installs by itself before a script, but only warns when that fails.
if (!existsSync(`${root}node_modules/.bin/turbo`)) {
  fail(
    "The packages are not installed. Run `npx --yes pnpm@12.21.0 install`; it says what is in the way (often the network).",
  );
}

const build = spawnSync(`${root}node_modules/.bin/turbo`, ["run", "build", "--output-logs=errors-only"], {
  cwd: root,
  stdio: ["ignore", "pipe", "pipe"],
  encoding: "utf8",
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
});
if (build.status !== 0) fail(`The build failed.\n${build.stdout ?? ""}${build.stderr ?? build.error ?? ""}`);

const child = spawn(process.execPath, [`${root}apps/cli/dist/main.js`, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
// A terminal sends Ctrl-C to the whole group; the command decides when to end, and this process waits for it.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)));
