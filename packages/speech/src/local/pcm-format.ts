/** What every decoder delivers: interleaved stereo f32. Two channels, because a mix could cancel itself out. */
export const SAMPLE_RATE_HZ = 16_000;
export const CHANNELS = 2;
export const FRAME_BYTES = CHANNELS * Float32Array.BYTES_PER_ELEMENT;
