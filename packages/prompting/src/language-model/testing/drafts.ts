import type { Formula, PromptEngine, SceneDraft, SlotRequest, StyleSet } from "../../port.ts";

/** A scene as the shared stages hand it over. */
export const draftScene = (index: number, text: string): SceneDraft => ({
  index,
  startMs: null,
  endMs: null,
  segmentIds: [index],
  excerpt: text,
  place: null,
  timeOfDay: null,
  mood: null,
  sentences: [text],
});

export const FORMULA: Formula = {
  slots: [
    { name: "subject", label: "subject description" },
    { name: "keywords", label: "five descriptive keywords" },
    { name: "camera", label: "camera type" },
    { name: "lens", label: "camera lens type" },
    { name: "timeOfDay", label: "time of day" },
    { name: "photography", label: "style of photograph" },
    { name: "film", label: "type of film" },
  ],
  guidance: null,
};

export const STYLE: StyleSet = {
  camera: "Leica M6",
  lens: "35mm lens",
  photography: "documentary photograph",
  film: "Kodak Tri-X 400",
};

export const TEXTS = [
  "The old fisherman rowed past the lighthouse before sunrise.",
  "Black clouds gathered over the harbour while gulls screamed.",
  "His daughter lit every lantern along the wooden pier.",
];

export const slotRequest = (overrides: Partial<SlotRequest> = {}): SlotRequest => ({
  scenes: TEXTS.map((text, index) => draftScene(index, text)),
  bible: [],
  formula: FORMULA,
  style: STYLE,
  language: "en",
  promptLanguage: "en",
  contentType: null,
  seed: 7,
  onProgress: () => undefined,
  signal: new AbortController().signal,
  ...overrides,
});

/** A second engine that marks what it wrote. */
export const plainEngine: PromptEngine = {
  name: "local",
  readBible: () => Promise.resolve({ entities: [], engine: "local", usage: null, warnings: [] }),
  writeSlots: ({ scenes, formula, onProgress }) => {
    onProgress(1);
    const slots = scenes.map(({ index }) =>
      formula.slots.map(({ name }) => ({ name, value: `plain ${name} ${index}`, origin: "inferred" as const })),
    );
    return Promise.resolve({ slots, engine: "local", usage: null, warnings: [] });
  },
};
