import type { Warning } from "@phonoscene/contracts";
import { AppError } from "@phonoscene/kernel";

import type { Evidence } from "./messages.ts";
import type { ModelName } from "./model-files.ts";

/**
 * The recogniser knows English alone and makes fluent English of whatever it hears; but it is not sure of what it
 * invents. The mean log-probability of a recording's tokens tells the two apart (figures: ADR 005). The small model is
 * less sure of hard English (-.26), and of invented English far less (-.50 or worse).
 */
const DOUBTFUL: Readonly<Record<ModelName, number>> = { base: -0.25, tiny: -0.35 };
/** Three minutes of speech as unsure as this become no transcript, whatever follows. */
const HOPELESS = -0.5;
const HOPELESS_TOKENS = 600;
/** As if so many more had been certain: a word or two prove nothing. */
const GRANTED_TOKENS = 2;

/** Of all tokens of a recording: a long chunk tells more than a short one. */
export const sureness = (evidence: readonly Evidence[]): number => {
  let sum = 0;
  let steps = GRANTED_TOKENS;
  for (const { tokens, logProbability } of evidence) {
    sum += logProbability * (tokens + 1); // the end was chosen as well
    steps += tokens + 1;
  }
  return sum / steps;
};

const REMEDY =
  "for other languages set SPEECH_ENGINE=whisper, which stays on this machine, or ASSEMBLYAI_API_KEY (and SPEECH_ENGINE=assemblyai), or send the text instead of the recording";

/** @throws AppError "language_unsupported" for a tag of any language but English. */
export const refuseLanguage = (language: string): void => {
  if (/^(auto|en(-.*)?)$/i.test(language)) return;
  throw new AppError("language_unsupported", {
    detail: `The speech engine on this machine knows English only, not "${language}": ${REMEDY}.`,
  });
};

export const uncertainLanguage = (): AppError =>
  new AppError("language_uncertain", {
    detail: `The recording is not English, or too hard to understand, and the speech engine on this machine knows English only. If it is English, set language to "en"; ${REMEDY}.`,
  });

/** Whether the rest of a long recording need not be heard. */
export const isHopeless = (evidence: readonly Evidence[]): boolean =>
  evidence.reduce((sum, { tokens }) => sum + tokens, 0) >= HOPELESS_TOKENS && sureness(evidence) < HOPELESS;

/**
 * What there is to say of a recording that may not be English: a caller who said that it is gets it, with a warning.
 * @throws AppError "language_uncertain" where the language was left open.
 */
export const doubtLanguage = (model: ModelName, language: string, evidence: readonly Evidence[]): Warning[] => {
  if (sureness(evidence) >= DOUBTFUL[model]) return [];
  if (language === "auto") throw uncertainLanguage();
  const message = `The recogniser was unsure: the speech is possibly not English, or hard to hear. Check the transcript; ${REMEDY}.`;
  return [{ code: "language_low_confidence", message }];
};
