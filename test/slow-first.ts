import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take longest and say so by no size of theirs: begun last, one of them would go on alone at the end. */
const SLOW = ["test/chaos/chaos.test.ts", "apps/cli/src/commands.test.ts", "packages/speech/src/local/engine.test.ts"];

const isSlow = ({ moduleId }: TestSpecification): boolean => SLOW.some((file) => moduleId.endsWith(file));

/** Vitest's own order, but for the slow files, which come first. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}
