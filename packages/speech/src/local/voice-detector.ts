import { floatsOf, openSession, outputOf, Tensor } from "./inference.ts";
import { SAMPLE_RATE_HZ } from "./pcm-format.ts";
import { FRAME_SAMPLES } from "./voice-runs.ts";

/** Silero wants the end of the frame before. */
const CONTEXT_SAMPLES = 64;
const STATE_SHAPE = [2, 1, 128];
const STATE_SIZE = 256;

/** Opens Silero VAD: gives a function that tells the probability of a voice in each 32 ms frame, in order. */
export const openVoiceDetector = async (path: string): Promise<() => (frame: Float32Array) => Promise<number>> => {
  const session = await openSession(path);
  const sr = new Tensor("int64", BigInt64Array.of(BigInt(SAMPLE_RATE_HZ)), []);
  return () => {
    const window = new Float32Array(CONTEXT_SAMPLES + FRAME_SAMPLES);
    let state = new Tensor("float32", new Float32Array(STATE_SIZE), STATE_SHAPE);
    return async (frame) => {
      window.copyWithin(0, FRAME_SAMPLES);
      window.set(frame, CONTEXT_SAMPLES);
      const outputs = await session.run({ input: new Tensor("float32", window, [1, window.length]), state, sr });
      state = outputOf(outputs, "stateN") as typeof state; // the model's own next state: float32 as it was
      return floatsOf(outputOf(outputs, "output"))[0] ?? 0;
    };
  };
};
