import { expect, test } from "vitest";

import { cutAtPauses, isSilent, type Piece, toWav, voicedSpans } from "./pieces.ts";

const RATE = 16_000;

/** Mono sound with a pause of 300 ms in each second from `pauseAt` ms on. */
const speechLike = (seconds: number, pauseAtMs = 500): Float32Array => {
  const samples = new Float32Array(seconds * RATE);
  samples.forEach((_, at) => {
    const ms = ((at * 1000) / RATE) % 1000;
    const isPause = ms >= pauseAtMs && ms < pauseAtMs + 300;
    samples[at] = isPause ? 0 : 0.3 * Math.sin(at / 7);
  });
  return samples;
};

const toStereo = (mono: Float32Array): Float32Array => {
  const stereo = new Float32Array(mono.length * 2);
  mono.forEach((sample, at) => stereo.fill(sample, at * 2, at * 2 + 2));
  return stereo;
};

const blocksOf = async function* (stereo: Float32Array, size: number): AsyncGenerator<Float32Array> {
  for (let at = 0; at < stereo.length; at += size) yield stereo.subarray(at, at + size);
};

const cut = async (stereo: Float32Array, blockSize: number): Promise<Piece[]> => {
  const pieces: Piece[] = [];
  for await (const piece of cutAtPauses(blocksOf(stereo, blockSize), { maxMs: 10_000, searchMs: 3000 }))
    pieces.push(piece);
  return pieces;
};

test("pieces are as long as allowed at most, follow one another, and hold every sample once", async () => {
  const mono = speechLike(35);
  const pieces = await cut(toStereo(mono), 20_000);
  expect(pieces.length).toBeGreaterThanOrEqual(4);
  expect(pieces.at(-1)?.endMs).toBe(35_000);
  for (const [index, piece] of pieces.entries()) {
    expect(piece.endMs - piece.startMs).toBeLessThanOrEqual(10_000);
    expect(piece.startMs).toBe(pieces[index - 1]?.endMs ?? 0);
  }
  const joined = Float32Array.from(pieces.flatMap(({ samples }) => [...samples]));
  expect(Buffer.compare(Buffer.from(joined.buffer), Buffer.from(mono.buffer))).toBe(0);
});

test("every cut is in a pause", async () => {
  for (const { endMs } of (await cut(toStereo(speechLike(35)), 20_000)).slice(0, -1)) {
    expect(endMs % 1000).toBeGreaterThanOrEqual(500);
    expect(endMs % 1000).toBeLessThanOrEqual(800);
  }
});

test("the same recording gives the same pieces, wherever the decoder's blocks end", async () => {
  const stereo = toStereo(speechLike(25, 321));
  const times = async (blockSize: number) =>
    (await cut(stereo, blockSize)).map(({ startMs, endMs }) => [startMs, endMs]);
  expect(await times(777 * 2)).toEqual(await times(stereo.length));
});

test("silence is told from sound", () => {
  const samples = new Float32Array(RATE);
  expect(isSilent({ startMs: 0, endMs: 1000, samples })).toBe(true);
  expect(isSilent({ startMs: 0, endMs: 1000, samples: speechLike(1) })).toBe(false);
});

test("voiced spans leave the pauses out, on the recording's clock", () => {
  const spans = voicedSpans({ startMs: 5000, endMs: 7000, samples: speechLike(2) });
  expect(spans).toHaveLength(3);
  expect(spans[0]?.startMs).toBe(5000);
  for (const [index, startMs] of [5800, 6800].entries()) {
    expect(Math.abs((spans[index + 1]?.startMs ?? 0) - startMs)).toBeLessThanOrEqual(32);
  }
});

test("WAV is 16 bit mono at 16 kHz, and its header tells its size", () => {
  const wav = toWav(Float32Array.of(0, 1, -1));
  expect(wav.length).toBe(50);
  expect([wav.readUInt32LE(4), wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt32LE(40)]).toEqual([
    42,
    1,
    RATE,
    6,
  ]);
  expect([wav.readInt16LE(44), wav.readInt16LE(46), wav.readInt16LE(48)]).toEqual([0, 32_767, -32_767]);
});
