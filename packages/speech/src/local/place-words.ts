import type { SpeechSegment, SpeechWord } from "../port.ts";
import { joinWords } from "../sentences.ts";
import { type Chunk, spanMs } from "./chunks.ts";
import type { Moonshine } from "./moonshine.ts";
import { level, onRecordingsClock } from "./recogniser.ts";
import { cutToVoice } from "./word-times.ts";

/** Given words exactly where they are spoken in a chunk, as one segment; as they were where the model cannot tell. */
export const placeWords = async (
  moonshine: Moonshine,
  chunk: Chunk,
  rough: readonly SpeechWord[],
): Promise<SpeechSegment[]> => {
  if (rough.length === 0) return [];
  level(chunk.samples);
  const texts = rough.map(({ text }) => text);
  const found = await moonshine.place(chunk.samples, texts);
  const words = found === null ? [...rough] : cutToVoice(onRecordingsClock(found, chunk), chunk.voiced.map(spanMs));
  const { startMs, endMs } = spanMs(chunk.frames);
  return [{ startMs, endMs, text: joinWords(words), confidence: null, words }];
};
