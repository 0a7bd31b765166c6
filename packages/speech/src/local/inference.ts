import { InferenceSession, Tensor } from "onnxruntime-node";

export { Tensor };
export type { InferenceSession };

/** One thread: two that spin cost twice the processor time for little. Without memory patterns a session needs 80 MB less. */
export const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  enableMemPattern: false,
  graphOptimizationLevel: "all",
  logSeverityLevel: 3,
};

/**
 * A model by its path, or by its content. Threads that wait asleep cost no processor time: an encoder on two makes a
 * recording a tenth faster for the same; a decoder, whose steps are small, no faster.
 */
export const openSession = (model: string | Uint8Array, threads = 1): Promise<InferenceSession> => {
  const extra = { session: { intra_op: { allow_spinning: "0" } } };
  const options = { ...SESSION_OPTIONS, intraOpNumThreads: threads, extra };
  return typeof model === "string" ? InferenceSession.create(model, options) : InferenceSession.create(model, options);
};

/** A named output of a session. */
export const outputOf = (outputs: InferenceSession.ReturnType, name: string): Tensor => {
  const tensor = outputs[name];
  if (!(tensor instanceof Tensor)) throw new Error(`The model has no output ${name}`);
  return tensor;
};

/** An output's numbers. */
export const floatsOf = (tensor: Tensor): Float32Array => {
  if (tensor.data instanceof Float32Array) return tensor.data;
  throw new Error(`The model gave ${tensor.type} where float32 was due`);
};
