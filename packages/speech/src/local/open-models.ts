import type { DetectedLanguage, LocalJob } from "./messages.ts";
import { moonshineFiles, voiceFile } from "./model-files.ts";
import { type Moonshine, openMoonshine } from "./moonshine.ts";
import { openVoiceDetector } from "./voice-detector.ts";

/** `place` where the model can find given words. */
export type Recogniser = Pick<Moonshine, "recognise"> &
  Partial<Pick<Moonshine, "place">> & {
    /** What it found the language to be; null where that was said, absent where it knows one alone. */
    language?(): DetectedLanguage | null;
  };

export type Models = {
  recogniser: Recogniser;
  newVoiceDetector: () => (frame: Float32Array) => Promise<number>;
};

/** Whisper's library is large: only its jobs load it. */
const openRecogniser = async (job: LocalJob): Promise<Recogniser> => {
  if (!("whisper" in job)) return openMoonshine(job.model, await moonshineFiles(job.model, job.modelDir));
  const { openWhisper } = await import("../whisper/whisper.ts");
  return openWhisper(job.whisper);
};

/** @throws AppError "model_not_installed", "language_unsupported". */
export const openModels = async (job: LocalJob): Promise<Models> => ({
  recogniser: await openRecogniser(job),
  newVoiceDetector: await openVoiceDetector(await voiceFile()),
});
