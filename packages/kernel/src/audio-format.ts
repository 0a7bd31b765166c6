/** The largest recording that is taken, uploaded or downloaded. */
export const MAX_RECORDING_BYTES = 2 * 1024 ** 3;

const ascii = (head: Uint8Array, from: number, to: number): string => String.fromCharCode(...head.subarray(from, to));

const isRiff = (form: string) => (head: Uint8Array) =>
  ["RIFF", "RF64", "BW64"].includes(ascii(head, 0, 4)) && ascii(head, 8, 12) === form;

const ISO_BOXES = new Set(["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"]);

/** A box of an ISO file, or of QuickTime's, which need not begin with `ftyp`; of text the first byte would be larger. */
const isIsoBox = (head: Uint8Array): boolean => (head[0] ?? 0xff) < 0x20 && ISO_BOXES.has(ascii(head, 4, 8));

const TS_PACKET_BYTES = 188;
const TS_SYNC = 0x47;
const isTransportStream = (head: Uint8Array): boolean =>
  [0, TS_PACKET_BYTES, 2 * TS_PACKET_BYTES].every((at) => head[at] === TS_SYNC);

/** ADTS frame header: 12 sync bits, layer 0, a sampling rate that exists. */
const isAdtsFrame = (head: Uint8Array): boolean => {
  const [first = 0, second = 0, third = 0] = head;
  return first === 0xff && (second & 0xf6) === 0xf0 && (third & 0x3c) <= 0x30;
};

/** MPEG audio frame header: 11 sync bits, a version and a layer that are not the reserved ones. */
const isMpegFrame = (head: Uint8Array): boolean => {
  const [first = 0, second = 0, third = 0] = head;
  const isSync = first === 0xff && (second & 0xe0) === 0xe0;
  const hasVersion = (second & 0x18) !== 0x08;
  const hasLayer = (second & 0x06) !== 0;
  const hasBitrate = (third & 0xf0) !== 0xf0 && (third & 0x0c) !== 0x0c;
  return isSync && hasVersion && hasLayer && hasBitrate;
};

const SIGNATURES = {
  wav: isRiff("WAVE"),
  avi: isRiff("AVI "),
  w64: (head: Uint8Array) => ascii(head, 0, 4) === "riff" && ascii(head, 24, 28) === "wave",
  flac: (head: Uint8Array) => ascii(head, 0, 4) === "fLaC",
  ogg: (head: Uint8Array) => ascii(head, 0, 4) === "OggS",
  webm: (head: Uint8Array) => ascii(head, 0, 4) === "\u001aE\u00df\u00a3",
  aiff: (head: Uint8Array) => ascii(head, 0, 4) === "FORM" && ["AIFF", "AIFC"].includes(ascii(head, 8, 12)),
  caf: (head: Uint8Array) => ascii(head, 0, 4) === "caff",
  amr: (head: Uint8Array) => ascii(head, 0, 5) === "#!AMR",
  wma: (head: Uint8Array) => ascii(head, 0, 4) === "\u0030\u0026\u00b2\u0075",
  m4a: isIsoBox,
  ts: isTransportStream,
  aac: isAdtsFrame,
  mp3: (head: Uint8Array) => ascii(head, 0, 3) === "ID3" || isMpegFrame(head),
} satisfies Record<string, (head: Uint8Array) => boolean>;

/** A container that is taken as a recording; `m4a` is MP4 and MOV too, `webm` Matroska. */
export type AudioFormat = keyof typeof SIGNATURES;

// Object.keys forgets which keys they are.
export const AUDIO_FORMATS = Object.keys(SIGNATURES) as AudioFormat[];

/** Bytes that `sniffAudioFormat` needs to see. */
export const SNIFF_BYTES = 2 * TS_PACKET_BYTES + 1;

/** The container that the first bytes belong to, never by a file's name or a header; null for what is none of the list. */
export const sniffAudioFormat = (head: Uint8Array): AudioFormat | null =>
  AUDIO_FORMATS.find((format) => SIGNATURES[format](head)) ?? null;
