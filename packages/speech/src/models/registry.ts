import { MOONSHINE_MODELS } from "./moonshine-models.ts";
import { WHISPER_MODELS } from "./whisper-models.ts";

export type ModelFile = {
  /** Within the model's folder. */
  path: string;
  sizeBytes: number;
  sha256: string;
};

/** Speech models that this software knows, as data. */
export type SpeechModel = {
  id: string;
  /** Which of the engines on this machine runs it. */
  engine: "local" | "whisper";
  /** BCP 47 tags. */
  languages: readonly string[];
  /** SPDX identifier of the weights' licence. */
  licence: string;
  /** A package that the installation brings along, or what a model hub is asked for. */
  source: { kind: "npm"; package: string; version: string } | { kind: "hub"; repository: string; revision: string };
  files: readonly ModelFile[];
};

export const SPEECH_MODELS: readonly SpeechModel[] = [...Object.values(MOONSHINE_MODELS), ...WHISPER_MODELS];

/** The model that a name or a hub's repository means. */
export const findModel = (name: string): SpeechModel | null =>
  SPEECH_MODELS.find(({ id, source }) => id === name || (source.kind === "hub" && source.repository === name)) ?? null;

export const sizeOf = ({ files }: SpeechModel): number => files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
