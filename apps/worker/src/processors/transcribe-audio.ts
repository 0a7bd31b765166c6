import { commitTranscript, type Database, saveProviderJobId } from "@phonoscene/db";
import { AppError, crashPoint } from "@phonoscene/kernel";
import type { OutboundClient } from "@phonoscene/outbound";
import type { Handlers, Relay } from "@phonoscene/queue";
import type { SpeechEngine } from "@phonoscene/speech";
import type { AudioStorage } from "@phonoscene/storage";

import type { ClaimWatch } from "../claim-watch.ts";
import { runStage, type StageWork } from "../claimed-work.ts";
import { downloadAudio } from "../download-audio.ts";

type Dependencies = {
  database: Database;
  watch: ClaimWatch;
  leaseMs: number;
  storage: AudioStorage;
  outbound: OutboundClient;
  speech: SpeechEngine;
  relay: Pick<Relay, "wake">;
};

/** How much of the stage's progress a download is. */
const DOWNLOAD_SHARE = 0.2;

type Recording = { storageKey: string; onProgress(fraction: number): void };

/** The recording that is stored already, or the one at the task's URL; null where the claim is lost. */
const fetchRecording = async (deps: Dependencies, work: StageWork): Promise<Recording | null> => {
  const { task, onProgress } = work;
  if (task.storageKey !== null) return { storageKey: task.storageKey, onProgress };
  if (task.audioUrl === null) {
    throw new AppError("audio_unreadable", {
      detail: "The recording of this task is not stored any more: send it again.",
    });
  }
  const storageKey = await downloadAudio(deps, {
    claim: task,
    url: task.audioUrl,
    onProgress: (fraction) => onProgress(fraction * DOWNLOAD_SHARE),
    signal: work.signal,
  });
  if (storageKey === null) return null;
  const onHeard = (fraction: number): void => onProgress(DOWNLOAD_SHARE + fraction * (1 - DOWNLOAD_SHARE));
  return { storageKey, onProgress: onHeard };
};

const transcribe = async (deps: Dependencies, work: StageWork): Promise<boolean> => {
  const { database, storage, speech, relay } = deps;
  const { task, signal } = work;
  const recording = await fetchRecording(deps, work);
  if (recording === null) return false;
  const result = await speech.transcribe({
    filePath: storage.localPath(recording.storageKey),
    language: task.language,
    providerJobId: task.providerJobId,
    onProviderJobId: async (id) => {
      crashPoint("provider/accepted");
      if (!(await saveProviderJobId(database.db, task, id))) {
        throw new Error("the claim was lost before the provider's id could be stored");
      }
      crashPoint("provider/id-stored");
    },
    onProgress: recording.onProgress,
    signal,
  });
  crashPoint("transcript/heard");
  const isStored = await commitTranscript(database.db, task, result);
  crashPoint("transcript/committed");
  relay.wake();
  return isStored;
};

/** Hears a task's recording (downloading it first where it is at a URL), stores the transcript, and asks for the prompts. */
export const transcribeAudio =
  (deps: Dependencies): Handlers["transcribe-audio"] =>
  ({ taskId }, context) =>
    runStage({ ...deps, stage: "transcribing", run: (work) => transcribe(deps, work) }, taskId, context);
