import { defineConfig } from "vitest/config";

import { countsReporter } from "./test/counts-reporter.ts";
import { SlowFirst } from "./test/slow-first.ts";

/** Workspace packages are taken from their source; the rest are Vite's defaults for a server. */
const conditions = ["phonoscene-source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // The environment of the global setup, which would leave workspace packages to Node otherwise.
  environments: { __vitest__: { resolve: { conditions, noExternal: [/^@phonoscene\//] } } },
  test: {
    include: ["{apps,bench,packages,prisma,scripts,test}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    globalSetup: ["test/global-setup.ts"],
    pool: "forks",
    // Loading packages anew for each file took longer than many a file's tests.
    isolate: false,
    // wink-nlp's model grows with each use of it: its reader stays for as long as the process, as in the service.
    server: { deps: { external: [/packages\/prompting\/src\/english\/reader\.ts$/] } },
    maxWorkers: 2,
    // Of one file: the fault tests, whose processes share two cores with everything else.
    maxConcurrency: 2,
    sequence: { sequencer: SlowFirst },
    // Processes that a test forks run from source too.
    execArgv: ["--import", "tsx", "--conditions=phonoscene-source"],
    testTimeout: 120_000,
    // Polls end as soon as the fact is there: long only where it never comes.
    expect: { poll: { timeout: 10_000 } },
    hookTimeout: 120_000,
    reporters: ["default", countsReporter],
  },
});
