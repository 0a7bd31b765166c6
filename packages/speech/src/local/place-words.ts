import type { SpeechSegment, SpeechWord } from "../port.ts";
import { joinWords } from "../sentences.ts";
import { type Chunk, spanMs } from "./chunks.ts";
import type { Recogniser } from "./open-models.ts";
import { level, onRecordingsClock } from "./recogniser.ts";
import { cutToVoice } from "./word-times.ts";

/** Given words exactly where they are spoken in a chunk, as one segment; as they were where the model cannot tell. */
export const placeWords = async (
  { place }: Recogniser,
  chunk: Chunk,
  rough: readonly SpeechWord[],
): Promise<SpeechSegment[]> => {
  if (rough.length === 0) return [];
  if (place === undefined) throw new Error("this model cannot find given words");
  level(chunk.samples);
  const texts = rough.map(({ text }) => text);
  const found = await place(chunk.samples, texts);
  const words = found === null ? [...rough] : cutToVoice(onRecordingsClock(found, chunk), chunk.voiced.map(spanMs));
  const { startMs, endMs } = spanMs(chunk.frames);
  return [{ startMs, endMs, text: joinWords(words), confidence: null, words }];
};
