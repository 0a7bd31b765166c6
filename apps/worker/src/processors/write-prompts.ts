import { TaskOptions, type Warning } from "@phonoscene/contracts";
import {
  type ClaimedTask,
  commitRewrite,
  commitStoryboard,
  type Database,
  type RewriteScope,
  type StoryboardState,
} from "@phonoscene/db";
import { crashPoint } from "@phonoscene/kernel";
import { type PromptEngine, type RewriteRequest, writeStoryboard } from "@phonoscene/prompting";
import type { Handlers } from "@phonoscene/queue";

import type { ClaimWatch } from "../claim-watch.ts";
import { runStage } from "../claimed-work.ts";
import type { ProviderGates } from "../providers/provider-gate.ts";
import { rewriteScope } from "./rewrite-prompts.ts";

type Dependencies = {
  database: Database;
  watch: ClaimWatch;
  leaseMs: number;
  prompting: PromptEngine;
  gates: ProviderGates;
};

type Work = { task: ClaimedTask; run: Pick<RewriteRequest, "gate" | "onProgress" | "signal"> };

/** Stores what was written; false where the claim is lost. */
type Commit = () => Promise<boolean>;

const writeWhole = async ({ database, prompting }: Dependencies, { task, run }: Work): Promise<Commit> => {
  const { transcript, storyboard: state } = task;
  const storyboard = await writeStoryboard(prompting, {
    source:
      transcript === null
        ? { kind: "text", text: task.text ?? "" }
        : { kind: "segments", segments: transcript.segments },
    language: transcript?.language ?? task.language,
    // A task of an earlier version lacks the newer options.
    options: TaskOptions.parse(task.options),
    bible: state?.bible ?? null,
    savedStyle: state?.savedStyle ?? null,
    kept: (state?.prompts ?? []).map(({ id, startMs, segmentIds }) => ({ id, startMs, segmentIds: segmentIds ?? [] })),
    ...run,
  });
  const warnings = [...storyboard.warnings, ...styleWarnings(task)];
  return () => commitStoryboard(database.db, task, { ...storyboard, warnings });
};

const writeAgain = async (
  { database, prompting }: Dependencies,
  { task, run }: Work,
  { state, scope }: { state: StoryboardState; scope: RewriteScope },
): Promise<Commit> => {
  const rewrite = await rewriteScope(prompting, { task, state, scope }, run);
  const warnings = [...rewrite.warnings, ...styleWarnings(task)];
  return () => commitRewrite(database.db, task, { ...rewrite, warnings });
};

/** The style that the task names may be gone by now. */
const styleWarnings = ({ options, storyboard }: ClaimedTask): Warning[] =>
  (options.styleId ?? null) === null || storyboard?.savedStyle !== null
    ? []
    : [
        {
          code: "style_missing",
          message:
            "The style that the task names was deleted: the look was chosen without it. Name another one, or none.",
        },
      ];

/**
 * Turns a task's text, or the transcript of its recording, into scenes and prompts, and completes it; or writes those of
 * its prompts again that its scope names.
 */
export const writePrompts =
  (deps: Dependencies): Handlers["write-prompts"] =>
  ({ taskId }, context) =>
    runStage(
      {
        stage: "prompting",
        ...deps,
        run: async ({ task, signal, onProgress }) => {
          const gate = deps.gates.for({ task, hasUnderstudy: true });
          const work = { task, run: { gate, onProgress, signal } };
          const { storyboard: state } = task;
          const commit =
            state === null || state.scope === null
              ? await writeWhole(deps, work)
              : await writeAgain(deps, work, { state, scope: state.scope });
          crashPoint("storyboard/written");
          const isStored = await commit();
          crashPoint("storyboard/committed");
          return isStored ? "done" : "lost";
        },
      },
      taskId,
      context,
    );
