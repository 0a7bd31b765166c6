import { stat } from "node:fs/promises";

import { AppError } from "@phonoscene/kernel";

import { openDecoder } from "../src/local/decode.ts";
import { identifyMedia } from "../src/local/media-kind.ts";
import { mixDown } from "../src/local/mix.ts";

const HOUR_MS = 3_600_000;

export type FileEnd = { kind: "decoded"; samples: number } | { kind: "refused"; code: string };

/** What becomes of a file: sound, or a typed refusal. @throws what is neither, such as a crash or a hang. */
export const endOfFile = async (filePath: string, deadlineMs: number): Promise<FileEnd> => {
  const decode = async (): Promise<FileEnd> => {
    const media = await identifyMedia(filePath);
    const { size: sizeBytes } = await stat(filePath);
    const { blocks } = openDecoder({ filePath, media, sizeBytes, ffmpegPath: undefined, maxDurationMs: HOUR_MS });
    let samples = 0;
    for await (const block of blocks) samples += mixDown(block).length;
    return { kind: "decoded", samples };
  };
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    return await Promise.race([decode(), hang]);
  } catch (error) {
    if (error instanceof AppError) return { kind: "refused", code: error.code };
    throw error;
  } finally {
    clearTimeout(timer);
  }
};
