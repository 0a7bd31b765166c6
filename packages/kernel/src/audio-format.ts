/** The containers that are taken as recordings, told by their first bytes, never by a file's name or a header. */
export const AUDIO_FORMATS = ["mp3", "wav", "flac", "ogg", "m4a", "webm", "aiff"] as const;
export type AudioFormat = (typeof AUDIO_FORMATS)[number];

/** The largest recording that is taken, uploaded or downloaded. */
export const MAX_RECORDING_BYTES = 2 * 1024 ** 3;

/** Bytes that `sniffAudioFormat` needs to see. */
export const SNIFF_BYTES = 16;

/** MPEG audio frame header: 11 sync bits, a version and a layer that are not the reserved ones. */
const isMpegFrame = (head: Uint8Array): boolean => {
  const [first = 0, second = 0, third = 0] = head;
  const isSync = first === 0xff && (second & 0xe0) === 0xe0;
  const hasVersion = (second & 0x18) !== 0x08;
  const hasLayer = (second & 0x06) !== 0;
  const hasBitrate = (third & 0xf0) !== 0xf0 && (third & 0x0c) !== 0x0c;
  return isSync && hasVersion && hasLayer && hasBitrate;
};

/** The container that the first bytes belong to, or null for anything that is not on the list. */
export const sniffAudioFormat = (head: Uint8Array): AudioFormat | null => {
  const ascii = (from: number, to: number): string => String.fromCharCode(...head.subarray(from, to));
  const form = ascii(8, 12);
  if (["RIFF", "RF64"].includes(ascii(0, 4)) && form === "WAVE") return "wav";
  if (ascii(0, 4) === "fLaC") return "flac";
  if (ascii(0, 4) === "OggS") return "ogg";
  if (ascii(4, 8) === "ftyp") return "m4a";
  if (ascii(0, 4) === "\u001aE\u00df\u00a3") return "webm";
  if (ascii(0, 4) === "FORM" && (form === "AIFF" || form === "AIFC")) return "aiff";
  if (ascii(0, 3) === "ID3" || isMpegFrame(head)) return "mp3";
  return null;
};
