/** The demuxers that are let near a file; a script that names other files (ffconcat, HLS, DASH) is not among them. */
export const DEMUXERS = [
  "mov",
  "mp3",
  "wav",
  "w64",
  "flac",
  "ogg",
  "matroska",
  "aac",
  "asf",
  "aiff",
  "caf",
  "amr",
  "mpegts",
  "avi",
] as const;
export type Demuxer = (typeof DEMUXERS)[number];
