import type { Reporter, TestModule, TestRunEndReason } from "vitest/node";

export type Counts = { passed: number; failed: number; skipped: number };

/** A module or suite that failed outside its tests, in a hook or on import, counts as one failure more. */
const countModule = (module: TestModule): Counts => {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    counts[state === "pending" ? "failed" : state] += 1;
  }
  const broken = [module, ...module.children.allSuites()].filter((part) => part.errors().length > 0);
  counts.failed += broken.length;
  if (counts.failed === 0 && module.state() === "failed") counts.failed = 1;
  return counts;
};

/** Sums up a run; an error that belongs to no test is a failure all the same. */
export const countRun = (modules: readonly TestModule[], errorsOutsideTests: number): Counts => {
  const total: Counts = { passed: 0, failed: errorsOutsideTests, skipped: 0 };
  for (const module of modules) {
    const counts = countModule(module);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  return total;
};

/** Prints the counts as the last line of the run, in one form that people and scripts can read. */
export const countsReporter: Reporter = {
  onTestRunEnd: (modules: readonly TestModule[], errors: readonly unknown[], _reason: TestRunEndReason) => {
    const { passed, failed, skipped } = countRun(modules, errors.length);
    process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  },
};
