import { InferenceSession, Tensor } from "onnxruntime-node";

export { Tensor };
export type { InferenceSession };

/** One thread: two cost twice the processor time for little. Without memory patterns a session needs 80 MB less. */
export const SESSION_OPTIONS = {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  enableMemPattern: false,
  graphOptimizationLevel: "all",
  logSeverityLevel: 3,
} as const;

export const openSession = (path: string): Promise<InferenceSession> => InferenceSession.create(path, SESSION_OPTIONS);

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
