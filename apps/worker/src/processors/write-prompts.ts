import { TaskOptions } from "@phonoscene/contracts";
import { commitStoryboard, type Database } from "@phonoscene/db";
import { crashPoint } from "@phonoscene/kernel";
import { type PromptEngine, writeStoryboard } from "@phonoscene/prompting";
import type { Handlers } from "@phonoscene/queue";

import type { ClaimWatch } from "../claim-watch.ts";
import { runStage } from "../claimed-work.ts";
import type { ProviderGates } from "../providers/provider-gate.ts";

type Dependencies = {
  database: Database;
  watch: ClaimWatch;
  leaseMs: number;
  prompting: PromptEngine;
  gates: ProviderGates;
};

/** Turns a task's text, or the transcript of its recording, into scenes and prompts, and completes it. */
export const writePrompts =
  ({ database, watch, leaseMs, prompting, gates }: Dependencies): Handlers["write-prompts"] =>
  ({ taskId }, context) =>
    runStage(
      {
        stage: "prompting",
        database,
        watch,
        leaseMs,
        run: async ({ task, signal, onProgress }) => {
          const { transcript } = task;
          const storyboard = await writeStoryboard(prompting, {
            source:
              transcript === null
                ? { kind: "text", text: task.text ?? "" }
                : { kind: "segments", segments: transcript.segments },
            language: transcript?.language ?? task.language,
            // A task of an earlier version lacks the newer options.
            options: TaskOptions.parse(task.options),
            gate: gates.for({ task, hasUnderstudy: true }),
            onProgress,
            signal,
          });
          crashPoint("storyboard/written");
          const isStored = await commitStoryboard(database.db, task, storyboard);
          crashPoint("storyboard/committed");
          return isStored ? "done" : "lost";
        },
      },
      taskId,
      context,
    );
