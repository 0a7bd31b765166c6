import type { DetectedLanguage, LocalJob, MoonshineJob } from "./messages.ts";
import { moonshineFiles, voiceFile } from "./model-files.ts";
import { type Moonshine, openMoonshine } from "./moonshine.ts";
import { openVoiceDetector } from "./voice-detector.ts";

export type Recogniser = Pick<Moonshine, "recognise"> & {
  /** What it found the language to be; null where that was said, absent where it knows one alone. */
  language?(): DetectedLanguage | null;
};

type VoiceDetector = { newVoiceDetector: () => (frame: Float32Array) => Promise<number> };

export type Models = VoiceDetector & { recogniser: Recogniser };

const openVoice = async (): Promise<VoiceDetector> => ({
  newVoiceDetector: await openVoiceDetector(await voiceFile()),
});

/** @throws AppError "model_not_installed". */
export const openEnglishModels = async ({
  model,
  modelDir,
}: MoonshineJob): Promise<VoiceDetector & { moonshine: Moonshine }> => ({
  moonshine: await openMoonshine(model, await moonshineFiles(model, modelDir)),
  ...(await openVoice()),
});

/** Whisper's library is large: only its jobs load it. @throws AppError "model_not_installed", "language_unsupported". */
export const openModels = async (job: LocalJob): Promise<Models> => {
  if (!("whisper" in job)) {
    const { moonshine: recogniser, ...voice } = await openEnglishModels(job);
    return { recogniser, ...voice };
  }
  const { openWhisper } = await import("../whisper/whisper.ts");
  return { recogniser: await openWhisper(job.whisper), ...(await openVoice()) };
};
