import { commitStoryboard, type Database, findSegments } from "@phonoscene/db";
import { type PromptEngine, writeStoryboard } from "@phonoscene/prompting";
import type { Handlers } from "@phonoscene/queue";

import { runStage } from "../claimed-work.ts";

type Dependencies = { database: Database; prompting: PromptEngine };

/** Turns a task's text, or the transcript of its recording, into scenes and prompts, and completes it. */
export const writePrompts =
  ({ database, prompting }: Dependencies): Handlers["write-prompts"] =>
  ({ taskId }, context) =>
    runStage(
      {
        stage: "prompting",
        database,
        run: async ({ task, signal, onProgress }) => {
          const transcript = await findSegments(database.db, taskId);
          const storyboard = await writeStoryboard(prompting, {
            source:
              transcript === null
                ? { kind: "text", text: task.text ?? "" }
                : { kind: "segments", segments: transcript.segments },
            language: transcript?.language ?? task.language,
            options: task.options,
            onProgress,
            signal,
          });
          return (await commitStoryboard(database.db, task, storyboard)) ? "done" : "lost";
        },
      },
      taskId,
      context,
    );
