/**
 * Turns the voice probability of each frame into runs of speech. Idle until a frame reaches `ON`; then in a run until
 * `MIN_SILENCE_FRAMES` stay below `OFF`, or until the run is as long as the recogniser can take, when it is cut at the
 * most silent frame of its last third. Cutting blindly every 30 s costs half as many wrong words again.
 */
export const FRAME_SAMPLES = 512;
export const FRAME_MS = 32;

const ON = 0.5;
const OFF = 0.35;
const MIN_SILENCE_FRAMES = Math.ceil(400 / FRAME_MS);
const MIN_SPEECH_FRAMES = Math.ceil(200 / FRAME_MS);
/** The recogniser starts to repeat itself beyond 28 s; the pads at both ends and the silence in front count. */
export const MAX_RUN_FRAMES = Math.floor(27_300 / FRAME_MS);
/** A dip shorter than this is within a word. */
const MIN_DIP_FRAMES = 3;

/** Frame numbers, the end excluded. */
export type Frames = { start: number; end: number };
export type Run = Frames & {
  /** The stretches with a voice, pauses left out. */
  voiced: Frames[];
  /** Mean probability of a voice. */
  voice: number;
};

/** The most silent place of the last third, by three frames at once. */
const quietestFrame = (probabilities: readonly number[]): number => {
  let best = { at: probabilities.length, sum: Number.POSITIVE_INFINITY };
  for (let at = Math.floor((probabilities.length * 2) / 3); at < probabilities.length - 3; at += 1) {
    const sum = (probabilities[at - 1] ?? 0) + (probabilities[at] ?? 0) + (probabilities[at + 1] ?? 0);
    if (sum < best.sum) best = { at, sum };
  }
  return best.at;
};

const voicedParts = (probabilities: readonly number[], start: number): Frames[] => {
  const parts: Frames[] = [];
  let from = 0;
  for (let at = 0; at < probabilities.length;) {
    let end = at;
    while ((probabilities[end] ?? 1) < OFF) end += 1;
    if (end - at >= MIN_DIP_FRAMES && end < probabilities.length) {
      if (at > from) parts.push({ start: start + from, end: start + at });
      from = end;
    }
    at = Math.max(end, at + 1);
  }
  if (probabilities.length > from) parts.push({ start: start + from, end: start + probabilities.length });
  return parts;
};

const toRun = (probabilities: readonly number[], start: number): Run | null => {
  if (probabilities.length < MIN_SPEECH_FRAMES) return null;
  const voice = probabilities.reduce((sum, probability) => sum + probability, 0) / probabilities.length;
  return { start, end: start + probabilities.length, voiced: voicedParts(probabilities, start), voice };
};

export type RunDetector = {
  /** Takes the next frame's probability; gives a run when one ends. */
  push(probability: number): Run | null;
  /** Gives the run that the end of the recording cuts off. */
  flush(): Run | null;
  /** The first frame that a run not given yet may need. */
  pendingFrom(): number;
};

export const createRunDetector = (): RunDetector => {
  let frame = 0;
  let current: number[] | null = null;
  let silent = 0;

  const close = (keep: number): Run | null => {
    const probabilities = current ?? [];
    const start = frame - probabilities.length;
    current = null;
    return toRun(probabilities.slice(0, keep), start);
  };

  const push = (probability: number): Run | null => {
    frame += 1;
    if (current === null) {
      if (probability < ON) return null;
      current = [probability];
      silent = 0;
      return null;
    }
    current.push(probability);
    silent = probability < OFF ? silent + 1 : 0;
    if (silent >= MIN_SILENCE_FRAMES) return close(current.length - silent + 1);
    if (current.length < MAX_RUN_FRAMES) return null;
    const cut = quietestFrame(current);
    const rest = current.slice(cut);
    const run = close(cut);
    current = rest;
    return run;
  };

  return {
    push,
    flush: () => (current === null ? null : close(current.length)),
    pendingFrom: () => frame - (current?.length ?? 0),
  };
};
