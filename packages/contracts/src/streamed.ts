import { z } from "zod";

/** A body that is sent piece by piece: text in UTF-8, under one of the media types that the contract's `streams` lists. */
export type StreamedText = { mediaType: string; chunks: Iterable<string> | AsyncIterable<string> };

export const StreamedText = z.custom<StreamedText>(
  (value) => typeof value === "object" && value !== null && "mediaType" in value && "chunks" in value,
);
