import { InferenceSession, Tensor } from "onnxruntime-node";

export { Tensor };
export type { InferenceSession };

/** One thread: two cost twice the processor time for little. Without memory patterns a session needs 80 MB less. */
export const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  enableMemPattern: false,
  graphOptimizationLevel: "all",
  logSeverityLevel: 3,
};

/** A model by its path, or by its content. */
export const openSession = (model: string | Uint8Array): Promise<InferenceSession> =>
  typeof model === "string"
    ? InferenceSession.create(model, SESSION_OPTIONS)
    : InferenceSession.create(model, SESSION_OPTIONS);

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
