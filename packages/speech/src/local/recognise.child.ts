/**
 * A process for one recording. The recogniser blocks the event loop and cannot be interrupted, so it lives alone and is
 * killed to be cancelled. It ends with its parent: a broken channel is the only sign that a killed parent leaves.
 */
import { inspect } from "node:util";

import { AppError, toTaskFailure } from "@phonoscene/kernel";

import type { LocalJob, LocalMessage } from "./messages.ts";
import { transcribeFile } from "./transcribe-file.ts";

/** Of three hours: 22 s, which are heard in some two. */
const LEAST_STEP = 0.002;

/** Resolves once the parent has the message: a slow parent holds the work back. */
const send = (message: LocalMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)));
  });

const failed = (error: unknown): LocalMessage => {
  const { code, message } = toTaskFailure(error);
  const source = error instanceof AppError ? error.cause : error;
  const trace = source instanceof Error ? (source.stack ?? source.message) : inspect(source);
  return { type: "failed", code, detail: message, trace };
};

const run = async (job: LocalJob): Promise<LocalMessage> => {
  let told = 0;
  try {
    const summary = await transcribeFile(job, {
      onHeard: (chunk) => send({ type: "heard", chunk }),
      onProgress: async (fraction) => {
        if (fraction - told < LEAST_STEP) return;
        told = fraction;
        await send({ type: "progress", fraction });
      },
    });
    return { type: "done", ...summary };
  } catch (error) {
    return failed(error);
  }
};

process.on("disconnect", () => process.exit(1));
process.once("message", (job: LocalJob) => {
  void run(job)
    .then(send)
    .finally(() => process.exit(0));
});
