export { readGivenTranscript, type TranscriptSource } from "./given-transcript.ts";
export { parseSubtitles } from "./parse-subtitles.ts";
