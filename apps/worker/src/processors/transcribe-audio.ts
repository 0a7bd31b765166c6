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
import { AppError, crashPoint, MINUTE } from "@phonoscene/kernel";
import type { OutboundClient } from "@phonoscene/outbound";
import type { Handlers, Relay } from "@phonoscene/queue";
import {
  isPending,
  type PieceStore,
  type ProviderCallback,
  type SpeechAligner,
  type SpeechEngine,
  type SpeechRequest,
} from "@phonoscene/speech";
import type { AudioStorage } from "@phonoscene/storage";

import type { ClaimWatch } from "../claim-watch.ts";
import { runStage, type StageEnd, type StageWork } from "../claimed-work.ts";
import { downloadAudio } from "../download-audio.ts";
import type { ProviderGates } from "../providers/provider-gate.ts";

type Dependencies = {
  database: Database;
  watch: ClaimWatch;
  leaseMs: number;
  storage: AudioStorage;
  outbound: OutboundClient;
  speech: SpeechEngine;
  aligner: SpeechAligner;
  relay: Pick<Relay, "wake">;
  /** The provider keeps its copy until the task is deleted. */
  keepsProviderCopy: boolean;
  callbackFor(taskId: string): ProviderCallback | null;
  gates: ProviderGates;
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

/** The provider's call may be lost: ask it then. */
const SAFETY_POLL_MS = MINUTE;

const claimLost = (): Error => new Error("the claim was lost before what was paid for could be stored");

const pieceStore = (database: Database, task: ClaimedTask): PieceStore => ({
  find: (engine) => findTranscriptParts(database.db, task.taskId, engine),
  save: async (engine, piece) => {
    if (!(await saveTranscriptPart(database.db, task, { engine, ...piece }))) throw claimLost();
  },
});

const toRequest = (deps: Dependencies, { task, signal }: StageWork, recording: Recording): SpeechRequest => {
  const { database, storage, speech, relay, callbackFor, gates } = deps;
  return {
    filePath: storage.localPath(recording.storageKey),
    language: task.language,
    providerJobId: task.provider === speech.name ? task.providerJobId : null,
    providerJobAgeMs: task.providerJobAgeMs,
    onProviderJobId: async (providerJobId) => {
      crashPoint("provider/accepted");
      const job = { provider: speech.name, providerJobId };
      if (await saveProviderJobId(database.db, task, job)) return crashPoint("provider/id-stored");
      // Nobody else knows of it.
      await forgetProviderJob(database.db, job);
      relay.wake();
      throw claimLost();
    },
    callback: callbackFor(task.taskId),
    pieces: pieceStore(database, task),
    gate: gates.for({ task, hasUnderstudy: false }),
    onProgress: recording.onProgress,
    signal,
  };
};

const transcribe = async (deps: Dependencies, work: StageWork): Promise<StageEnd> => {
  const { database, speech, relay, keepsProviderCopy } = deps;
  const { task } = work;
  const recording = await fetchRecording(deps, work);
  if (recording === null) return "lost";
  const request = toRequest(deps, work, recording);
  const { givenSegments: given } = task;
  const outcome = await (given === null ? speech.transcribe(request) : deps.aligner.align({ ...request, given }));
  if (isPending(outcome)) {
    const end = await parkTask(database.db, task, SAFETY_POLL_MS);
    return end === "ready" ? "look-again" : end;
  }
  crashPoint("transcript/heard");
  const isStored = await commitTranscript(database.db, task, { ...outcome, forgetsProviderCopy: !keepsProviderCopy });
  crashPoint("transcript/committed");
  relay.wake();
  return isStored ? "done" : "lost";
};

/**
 * Hears a task's recording (downloading it first where it is at a URL), stores the transcript, and asks for the prompts.
 * Rejected: going on with the prompts in this process. It would save one job, about 0.6 (half of what the queue alone takes) of the 4.1 ms of processor time
 * that a task takes here (`bench:pipeline`), and hold a slot of `transcription` for a language model, out of turn, whatever
 * WORKER_QUEUES says about who writes prompts.
 */
export const transcribeAudio =
  (deps: Dependencies): Handlers["transcribe-audio"] =>
  ({ taskId }, context) =>
    runStage({ ...deps, stage: "transcribing", run: (work) => transcribe(deps, work) }, taskId, context);
