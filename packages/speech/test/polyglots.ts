import type { HostileFile } from "./mutants.ts";
import { wavOf } from "./wav.ts";

const text = (content: string): Buffer => Buffer.from(content, "utf8");

/** Scripts that name another file: none of them is a recording. */
const scripts = (path: string): [string, string][] => [
  ["ffconcat", `ffconcat version 1.0\nfile '${path}'\n`],
  ["ffconcat without a version", `file '${path}'\nduration 5\n`],
  ["ffconcat with options", `ffconcat version 1.0\nfile '${path}'\noption safe 0\n`],
  ["HLS", `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://${path}\n#EXT-X-ENDLIST\n`],
  ["HLS with a key", `#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="file://${path}"\n#EXTINF:10,\nconcat:${path}|${path}\n`],
  ["HLS of the net", `#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n`],
  ["HLS master", `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${path}\n`],
  [
    "DASH",
    `<?xml version="1.0"?><MPD><Period><AdaptationSet><Representation><BaseURL>file://${path}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
  ],
  ["PLS", `[playlist]\nFile1=${path}\nNumberOfEntries=1\n`],
  ["ASX", `<asx version="3.0"><entry><ref href="file://${path}"/></entry></asx>`],
  [
    "XSPF",
    `<playlist version="1"><trackList><track><location>file://${path}</location></track></trackList></playlist>`,
  ],
  ["SDP", `v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n`],
  ["SMIL", `<smil><body><audio src="file://${path}"/></body></smil>`],
  ["subtitles", `1\n00:00:00,000 --> 00:00:05,000\n<audio src="${path}">\n`],
  ["a path", path],
  ["a URL", `concat:${path}`],
];

const box = (kind: string, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(kind, 4, "latin1");
  return Buffer.concat([head, body]);
};

/** A QuickTime film whose samples are said to be in another file. */
const filmOf = (path: string): Buffer => {
  const reference = box("url ", Buffer.alloc(4), text(`file://${path}\0`));
  const data = box("dinf", box("dref", Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]), reference));
  return Buffer.concat([
    box("ftyp", text("qt  "), Buffer.alloc(4)),
    box("moov", box("trak", box("mdia", box("minf", data)))),
  ]);
};

const hundredHours = (): Buffer => {
  const wav = wavOf(new Float32Array(1600));
  wav.writeUInt32LE(0xf000_0000, 40);
  return wav;
};

const MAGIC: [string, string][] = [
  ["an ID3 tag", "ID3\u0004\0\0\0\0\0\u0010"],
  ["RIFF", "RIFF\u0000\u0010\0\0WAVE"],
  ["FLAC", "fLaC\0\0\0\u0022"],
  ["Ogg", "OggS\0\u0002"],
  ["Matroska", "\u001aE\u00df\u00a3"],
];

/**
 * Files that claim to be what they are not: playlists, bare and behind the first bytes of a format, and the like.
 * @param neighbour A recording that none of them may lead to.
 */
export const polyglots = (neighbour: string): HostileFile[] => {
  const playlist = `#EXTM3U\n#EXTINF:10,\nfile://${neighbour}\n`;
  return [
    ...scripts(neighbour).map(([name, content]) => ({ name, bytes: text(content) })),
    ...MAGIC.map(([name, magic]) => ({
      name: `a playlist behind ${name}`,
      bytes: Buffer.concat([Buffer.from(magic, "latin1"), text(playlist)]),
    })),
    { name: "a film with its sound elsewhere", bytes: filmOf(neighbour) },
    { name: "a WAV that claims 100 hours", bytes: hundredHours() },
    { name: "a ZIP", bytes: Buffer.concat([Buffer.from("PK\u0003\u0004", "latin1"), Buffer.alloc(2000, "z")]) },
    { name: "a program", bytes: Buffer.concat([Buffer.from("\u007fELF\u0002", "latin1"), Buffer.alloc(2000, 1)]) },
    { name: "a page", bytes: text(`<html><audio src="file://${neighbour}"></audio></html>`) },
    { name: "a picture", bytes: Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(2000, 3)]) },
    { name: "a film without a box", bytes: box("ftyp", text("isom")) },
    {
      name: "boxes within boxes",
      bytes: Array.from({ length: 500 }).reduce<Buffer>((inner) => box("moov", inner), Buffer.alloc(0)),
    },
    { name: "zeros", bytes: Buffer.alloc(100_000) },
    { name: "ones", bytes: Buffer.alloc(100_000, 0xff) },
  ];
};
