import { commitTranscript, type Database, saveProviderJobId } from "@phonoscene/db";
import { AppError, crashPoint } from "@phonoscene/kernel";
import type { Handlers, Relay } from "@phonoscene/queue";
import type { SpeechEngine } from "@phonoscene/speech";
import type { AudioStorage } from "@phonoscene/storage";

import type { ClaimWatch } from "../claim-watch.ts";
import { runStage } from "../claimed-work.ts";

type Dependencies = {
  database: Database;
  watch: ClaimWatch;
  storage: AudioStorage;
  speech: SpeechEngine;
  relay: Pick<Relay, "wake">;
};

/** Hears a task's recording, stores the transcript, and asks for the prompts. */
export const transcribeAudio =
  ({ database, watch, storage, speech, relay }: Dependencies): Handlers["transcribe-audio"] =>
  ({ taskId }, context) =>
    runStage(
      {
        stage: "transcribing",
        database,
        watch,
        run: async ({ task, signal, onProgress }) => {
          if (task.storageKey === null) {
            throw new AppError("audio_unreadable", {
              detail: "The recording of this task is not stored any more: send it again.",
            });
          }
          const result = await speech.transcribe({
            filePath: storage.localPath(task.storageKey),
            language: task.language,
            providerJobId: task.providerJobId,
            onProviderJobId: async (id) => {
              crashPoint("provider/accepted");
              if (!(await saveProviderJobId(database.db, task, id))) {
                throw new Error("the claim was lost before the provider's id could be stored");
              }
              crashPoint("provider/id-stored");
            },
            onProgress,
            signal,
          });
          crashPoint("transcript/heard");
          const isStored = await commitTranscript(database.db, task, result);
          crashPoint("transcript/committed");
          relay.wake();
          return isStored;
        },
      },
      taskId,
      context,
    );
