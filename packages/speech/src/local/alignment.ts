/** How much each token, as it was written, attended to each frame of the sound. */
export type Attention = {
  /** [tokens, frames], one a head. */
  heads: readonly Float32Array[];
  tokens: number;
  frames: number;
};

/**
 * How far a head's attention to a frame is above its mean over all tokens, in standard deviations: frames that draw
 * attention whatever is said lose it. Summed up over the heads; null where it is no number.
 */
const salience = ({ heads, tokens, frames }: Attention): Float64Array | null => {
  const sum = new Float64Array(tokens * frames);
  for (const weights of heads) {
    for (let frame = 0; frame < frames; frame += 1) {
      let mean = 0;
      let squares = 0;
      for (let token = 0; token < tokens; token += 1) {
        const weight = weights[token * frames + frame] ?? 0;
        mean += weight / tokens;
        squares += (weight * weight) / tokens;
      }
      const deviation = Math.sqrt(Math.max(0, squares - mean * mean)) + 1e-6;
      for (let token = 0; token < tokens; token += 1) {
        const at = token * frames + frame;
        sum[at] = (sum[at] ?? 0) + ((weights[at] ?? 0) - mean) / deviation;
      }
    }
  }
  return sum.every(Number.isFinite) ? sum : null;
};

const DIAGONAL = 0;
const NEXT_TOKEN = 1;
const NEXT_FRAME = 2;

/** Where the best way to each cell came from: the way that runs forward through tokens and frames and gathers most. */
const warp = (gains: Float64Array, tokens: number, frames: number): Uint8Array => {
  const from = new Uint8Array(tokens * frames);
  let above = new Float64Array(frames + 1).fill(Number.NEGATIVE_INFINITY);
  above[0] = 0;
  for (let token = 0; token < tokens; token += 1) {
    const row = new Float64Array(frames + 1).fill(Number.NEGATIVE_INFINITY);
    for (let frame = 0; frame < frames; frame += 1) {
      const diagonal = above[frame] ?? 0;
      const down = above[frame + 1] ?? 0;
      const across = row[frame] ?? 0;
      const best = Math.max(diagonal, down, across);
      const step = down > across ? NEXT_TOKEN : NEXT_FRAME;
      from[token * frames + frame] = diagonal === best ? DIAGONAL : step;
      row[frame + 1] = best + (gains[token * frames + frame] ?? 0);
    }
    above = row;
  }
  return from;
};

/**
 * The frame at which each token begins, by dynamic time warping over the attention. A median filter over
 * frames, as Whisper has it, was tried: widths of 3 to 11 gain nothing. Null where the attention is no number.
 */
export const tokenStarts = (attention: Attention): number[] | null => {
  const { tokens, frames } = attention;
  const gains = salience(attention);
  if (gains === null) return null;
  const from = warp(gains, tokens, frames);
  const starts: number[] = Array.from({ length: tokens }, () => 0);
  for (let token = tokens - 1, frame = frames - 1; token >= 0 && frame >= 0;) {
    starts[token] = frame;
    const step = from[token * frames + frame];
    if (step !== NEXT_FRAME) token -= 1;
    if (step !== NEXT_TOKEN) frame -= 1;
  }
  return starts;
};
