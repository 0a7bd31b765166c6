export { readGivenTranscript, readGivenWords } from "./given-transcript.ts";
export { parseSubtitles } from "./parse-subtitles.ts";
