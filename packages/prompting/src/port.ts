import type {
  ContentType,
  FormulaSlotName,
  Prompt,
  Scene,
  Segment,
  Slot,
  TaskOptions,
  Warning,
} from "@phonoscene/contracts";
import type { ProviderGate } from "@phonoscene/kernel";

/** One place of a formula: `name` is the key, `label` what a person or a model reads. */
export type FormulaSlot = { name: FormulaSlotName; label: string };

/** An ordered list of slots, and the owner's guidance, which only a language model can follow. */
export type Formula = { slots: FormulaSlot[]; guidance: string | null };

/** A scene as the shared stages found it, ready for an engine to fill. */
export type SceneDraft = Scene & {
  /** The scene's units, normalised. */
  sentences: string[];
  /** In words for a prompt: "thick fog"; null or absent where the text says nothing of it. */
  weather?: string | null;
  /** What the scene itself does not say and took over from an earlier one. */
  carried?: { place: boolean; timeOfDay: boolean; mood: boolean };
};

/** One look for the whole set: the same camera, lens, style and film in every prompt. */
export type StyleSet = { camera: string; lens: string; photography: string; film: string };

export type SlotRequest = {
  scenes: SceneDraft[];
  formula: Formula;
  style: StyleSet;
  /** BCP 47 tag of the text. */
  language: string;
  /** BCP 47 tag of what is written: not the text's. */
  promptLanguage: string;
  contentType: ContentType | null;
  seed: number;
  /** Where requests to providers go through; without it each is made once, and nothing is counted. */
  gate?: ProviderGate | undefined;
  /** Fraction done, 0..1. */
  onProgress(fraction: number): void;
  signal: AbortSignal;
};

export type LanguageModelUsage = { model: string; inputTokens: number; outputTokens: number };

export type SlotResult = {
  /** One list a scene, in the scenes' order; every slot of the formula, in its order. */
  slots: Slot[][];
  /** The engine that wrote them: after a fallback, the other one. */
  engine: string;
  usage: LanguageModelUsage | null;
  warnings: Warning[];
};

/** Fills the formula for each scene. Returns slots, never strings: one formatter builds those. */
export type PromptEngine = {
  name: string;
  /** @throws AppError with a failure code of `PROBLEMS`; the signal's reason when aborted. */
  writeSlots(request: SlotRequest): Promise<SlotResult>;
};

export type StoryboardRequest = {
  /** Timed segments of a transcript, or a text of which the stages make the segments. */
  source: { kind: "text"; text: string } | { kind: "segments"; segments: Segment[] };
  /** `auto` or a BCP 47 tag. */
  language: string;
  options: TaskOptions;
  /** Where requests to providers go through; without it each is made once, and nothing is counted. */
  gate?: ProviderGate;
  onProgress(fraction: number): void;
  signal: AbortSignal;
};

export type PromptDraft = Omit<Prompt, "id" | "version" | "locked" | "sceneIndex"> & { sceneIndex: number };

export type Storyboard = {
  language: string;
  segments: Segment[];
  scenes: Scene[];
  prompts: PromptDraft[];
  engine: string;
  usage: LanguageModelUsage | null;
  warnings: Warning[];
};
