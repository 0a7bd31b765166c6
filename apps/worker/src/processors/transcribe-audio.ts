import {
  type ClaimedTask,
  commitTranscript,
  type Database,
  findTranscriptParts,
  forgetProviderJob,
  parkTask,
  saveProviderJobId,
  saveTranscriptPart,
} from "@phonoscene/db";
import { AppError, MINUTE } from "@phonoscene/kernel";
import type { Handlers, Relay } from "@phonoscene/queue";
import {
  isPending,
  type PieceStore,
  type ProviderCallback,
  type SpeechEngine,
  type SpeechRequest,
} from "@phonoscene/speech";
import type { AudioStorage } from "@phonoscene/storage";

import { runStage, type StageEnd, type StageWork } from "../claimed-work.ts";

type Dependencies = {
  database: Database;
  storage: AudioStorage;
  speech: SpeechEngine;
  relay: Pick<Relay, "wake">;
  /** The provider keeps its copy until the task is deleted. */
  keepsProviderCopy: boolean;
  callbackFor(taskId: string): ProviderCallback | null;
};

/** The provider's call may be lost: ask it then. */
const SAFETY_POLL_MS = MINUTE;

const claimLost = (): Error => new Error("the claim was lost before what was paid for could be stored");

const pieceStore = (database: Database, task: ClaimedTask): PieceStore => ({
  find: (engine) => findTranscriptParts(database.db, task.taskId, engine),
  save: async (engine, piece) => {
    if (!(await saveTranscriptPart(database.db, task, { engine, ...piece }))) throw claimLost();
  },
});

const toRequest = (
  { database, storage, speech, relay, callbackFor }: Dependencies,
  { task, onProgress, signal }: StageWork,
): SpeechRequest => {
  if (task.storageKey === null) {
    throw new AppError("audio_unreadable", {
      detail: "The recording of this task is not stored any more: send it again.",
    });
  }
  return {
    filePath: storage.localPath(task.storageKey),
    language: task.language,
    providerJobId: task.provider === speech.name ? task.providerJobId : null,
    providerJobAgeMs: task.providerJobAgeMs,
    onProviderJobId: async (providerJobId) => {
      const job = { provider: speech.name, providerJobId };
      if (await saveProviderJobId(database.db, task, job)) return;
      // Nobody else knows of it.
      await forgetProviderJob(database.db, job);
      relay.wake();
      throw claimLost();
    },
    callback: callbackFor(task.taskId),
    pieces: pieceStore(database, task),
    onProgress,
    signal,
  };
};

const hear = async (deps: Dependencies, work: StageWork): Promise<StageEnd> => {
  const { database, speech, relay, keepsProviderCopy } = deps;
  const { task } = work;
  const outcome = await speech.transcribe(toRequest(deps, work));
  if (isPending(outcome)) {
    const end = await parkTask(database.db, task, SAFETY_POLL_MS);
    return end === "ready" ? "look-again" : end;
  }
  const isStored = await commitTranscript(database.db, task, { ...outcome, forgetsProviderCopy: !keepsProviderCopy });
  relay.wake();
  return isStored ? "done" : "lost";
};

/** Hears a task's recording, stores the transcript, and asks for the prompts. */
export const transcribeAudio =
  (deps: Dependencies): Handlers["transcribe-audio"] =>
  ({ taskId }, context) =>
    runStage({ stage: "transcribing", database: deps.database, run: (work) => hear(deps, work) }, taskId, context);
