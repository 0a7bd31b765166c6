import type {
  BibleEntity,
  BibleStyle,
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

export type BibleRequest = {
  scenes: SceneDraft[];
  /** BCP 47 tag of the text. */
  language: string;
  seed: number;
  /** As in `SlotRequest`. */
  gate?: ProviderGate | undefined;
  signal: AbortSignal;
};

export type BibleResult = {
  /** Each id once; most important first. */
  entities: BibleEntity[];
  /** The engine that read them: after a fallback, the other one. */
  engine: string;
  usage: LanguageModelUsage | null;
  warnings: Warning[];
};

export type SlotRequest = {
  /** All of the text's, so that what is carried from one to the next is known. */
  scenes: SceneDraft[];
  /** Places in `scenes` of those to write; absent: all. */
  wanted?: ReadonlySet<number> | undefined;
  /** Who, where and what: to be written as the descriptions say. Names are replaced by these afterwards, whoever wrote. */
  bible: readonly BibleEntity[];
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
  /** One list a scene, in the scenes' order; every slot of the formula, in its order. Empty where none was wanted. */
  slots: Slot[][];
  /** The engine that wrote them: after a fallback, the other one. */
  engine: string;
  usage: LanguageModelUsage | null;
  warnings: Warning[];
};

/** Reads who and what is there, and fills the formula for each scene. Returns slots, never strings: one formatter builds those. */
export type PromptEngine = {
  name: string;
  /**
   * Characters, places and objects of the whole text, before any prompt is written.
   * @throws as `writeSlots`.
   */
  readBible(request: BibleRequest): Promise<BibleResult>;
  /** @throws AppError with a failure code of `PROBLEMS`; the signal's reason when aborted. */
  writeSlots(request: SlotRequest): Promise<SlotResult>;
};

/** The bible that a task has, to be kept where its owner wrote it. */
export type StoredBible = {
  entities: BibleEntity[];
  style: BibleStyle;
  /** Of entities that the owner deleted: they do not come back. */
  removedIds: string[];
};

/** A prompt of an earlier run that stays, and where its scene was. */
export type KeptPrompt = { id: string; startMs: number | null; segmentIds: number[] };

export type PlacedPrompt = { id: string; sceneIndex: number | null; position: number };

/** A look that a user saved; what the task itself says comes first. */
export type SavedStyle = Pick<TaskOptions, "style" | "negative" | "aspectRatio"> & {
  [Part in keyof StyleSet]: string | null;
};

export type StoryboardRequest = {
  /** Timed segments of a transcript, or a text of which the stages make the segments. */
  source: { kind: "text"; text: string } | { kind: "segments"; segments: Segment[] };
  /** `auto` or a BCP 47 tag. */
  language: string;
  options: TaskOptions;
  /** Of an earlier run; absent or null where there is none. */
  bible?: StoredBible | null;
  savedStyle?: SavedStyle | null;
  /** They stand for their scenes, of which no other is written; in order. */
  kept?: readonly KeptPrompt[];
  /** Where requests to providers go through; without it each is made once, and nothing is counted. */
  gate?: ProviderGate;
  onProgress(fraction: number): void;
  signal: AbortSignal;
};

/** `fullSlots`: before a target with a small budget shortened them. */
export type PromptWords = Pick<Prompt, "content" | "negative" | "slots"> & { fullSlots: Slot[] };

export type PromptDraft = Omit<Prompt, "id" | "version" | "locked" | "sceneIndex"> &
  PromptWords & { sceneIndex: number };

export type Storyboard = {
  language: string;
  segments: Segment[];
  scenes: Scene[];
  prompts: PromptDraft[];
  kept: PlacedPrompt[];
  bible: { entities: BibleEntity[]; style: BibleStyle; engine: string };
  engine: string;
  usage: LanguageModelUsage | null;
  warnings: Warning[];
};

/** Prompts of a finished storyboard to be written again, or beside those that are there. */
export type RewriteRequest = Omit<StoryboardRequest, "source" | "kept"> & {
  segments: Segment[];
  /** All scenes of the storyboard, in order, as they were cut. */
  scenes: readonly Pick<Scene, "segmentIds">[];
  /** `variant`: as in `varySlots`. */
  wanted: readonly { sceneIndex: number; variant: number }[];
};

export type Rewrite = {
  /** One for each wanted, in that order. */
  prompts: PromptWords[];
  /** Null where the one that was given stays. */
  bible: Storyboard["bible"] | null;
  engine: string;
  usage: LanguageModelUsage | null;
  warnings: Warning[];
};
