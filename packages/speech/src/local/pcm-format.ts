/** What every decoder delivers: interleaved stereo f32. Two channels, because a mix could cancel itself out. */
export const SAMPLE_RATE_HZ = 16_000;
export const CHANNELS = 2;
export const FRAME_BYTES = CHANNELS * Float32Array.BYTES_PER_ELEMENT;
/** A header may make a decoder ask for any amount of memory; honest files need 136 MB. */
export const MAX_DECODER_BYTES = 512 * 1024 * 1024;
