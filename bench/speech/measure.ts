import { AppError } from "../../packages/kernel/src/index.ts";
import type { SpeechEngine, SpeechResult } from "../../packages/speech/src/index.ts";
import { childrenCpuMs, peakOf, watchMemory } from "./usage.ts";

export type Measured = {
  result: SpeechResult | null;
  /** The code of the failure that it ended in. */
  failure: string | null;
  wallMs: number;
  cpuMs: number;
  peakBytes: number;
};

/** Transcribes a file as a worker would, the language left open, and measures what that took. */
export const measure = async (
  engine: SpeechEngine<SpeechResult>,
  filePath: string,
  onProgress: (fraction: number) => void = () => undefined,
): Promise<Measured> => {
  const memory = watchMemory();
  const cpuBefore = childrenCpuMs();
  const startedAt = performance.now();
  const outcome = await engine
    .transcribe({
      filePath,
      language: "auto",
      providerJobId: null,
      onProviderJobId: () => Promise.resolve(),
      onProgress,
      signal: new AbortController().signal,
    })
    .catch((error: unknown) => {
      if (error instanceof AppError) return error;
      throw error;
    });
  const wallMs = performance.now() - startedAt;
  const isFailure = outcome instanceof AppError;
  return {
    result: isFailure ? null : outcome,
    failure: isFailure ? outcome.code : null,
    wallMs,
    cpuMs: childrenCpuMs() - cpuBefore,
    peakBytes: peakOf(memory.stop()),
  };
};

export const textOf = ({ result }: Measured): string => (result?.segments ?? []).map(({ text }) => text).join(" ");
