import { stat } from "node:fs/promises";

import { openDecoder } from "./decode.ts";
import { identifyMedia, type MediaKind } from "./media-kind.ts";

export type Recording = { filePath: string; ffmpegPath: string | undefined; maxDurationMs: number };

export type RecordingLength = {
  media: MediaKind;
  sizeBytes: number;
  /** As the header claims it; null where it does not. */
  durationMs: number | null;
};

/**
 * What a recording's header says of its length; the decoder starts, and is stopped after its first samples.
 * @throws AppError "audio_too_long", and what `identifyMedia` and `openDecoder` throw.
 */
export const readRecordingLength = async (recording: Recording): Promise<RecordingLength> => {
  const media = await identifyMedia(recording.filePath);
  const { size: sizeBytes } = await stat(recording.filePath);
  const decoding = openDecoder({ ...recording, media, sizeBytes });
  try {
    await decoding.blocks.next();
    return { media, sizeBytes, durationMs: decoding.notes().durationMs };
  } finally {
    await decoding.blocks.return(undefined);
  }
};
