/** A generator of numbers in 0..1 that gives the same ones for the same seed (mulberry32). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

type Random = () => number;
type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

const HEADER_BYTES = 512;
const EXTREMES = [0, 1, 0x7f, 0xff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];

const below = (limit: number, random: Random): number => Math.floor(random() * limit);

const withBytes = (bytes: Buffer, count: number, change: (copy: Buffer) => void): Buffer => {
  const copy = Buffer.from(bytes);
  for (let done = 0; done < count; done += 1) change(copy);
  return copy;
};

const slice = (bytes: Buffer, random: Random): { from: number; to: number } => {
  const from = below(bytes.length, random);
  return { from, to: from + 1 + below(Math.min(4096, bytes.length - from), random) };
};

const MUTATIONS: Record<string, Mutation> = {
  "bits of the header turned": (bytes, random) =>
    withBytes(bytes, 1 + below(8, random), (copy) => {
      const at = below(Math.min(HEADER_BYTES, copy.length), random);
      copy[at] = (copy[at] ?? 0) ^ (1 << below(8, random));
    }),
  "an extreme number in the header": (bytes, random) =>
    withBytes(bytes, 1 + below(3, random), (copy) => {
      const at = below(Math.max(1, Math.min(HEADER_BYTES, copy.length) - 4), random);
      const number = EXTREMES[below(EXTREMES.length, random)] ?? 0;
      if (at + 4 <= copy.length) copy[random() < 0.5 ? "writeUInt32LE" : "writeUInt32BE"](number, at);
    }),
  "bytes anywhere changed": (bytes, random) =>
    withBytes(bytes, 1 + below(200, random), (copy) => {
      copy[below(copy.length, random)] = below(256, random);
    }),
  "cut short": (bytes, random) => bytes.subarray(0, below(bytes.length, random)),
  "a stretch left out": (bytes, random) => {
    const { from, to } = slice(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  "a stretch many times over": (bytes, random) => {
    const { from, to } = slice(bytes, random);
    const stretch = bytes.subarray(from, to);
    return Buffer.concat([
      bytes.subarray(0, to),
      ...Array<Buffer>(1 + below(20, random)).fill(stretch),
      bytes.subarray(to),
    ]);
  },
  "a stretch of nothing": (bytes, random) => {
    const { from, to } = slice(bytes, random);
    return Buffer.from(bytes).fill(0, from, to);
  },
  "the body of another format": (bytes, random, other) => {
    const at = 4 + below(HEADER_BYTES, random);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(at)]);
  },
};
const KINDS = Object.entries(MUTATIONS);

export type HostileFile = { name: string; bytes: Buffer };

/** The mutant of this number: one of the sources, changed in one of eight ways, some of them twice. */
export const mutant = (number: number, sources: readonly HostileFile[]): HostileFile => {
  const random = seededRandom(number);
  const source = sources[below(sources.length, random)] ?? { name: "nothing", bytes: Buffer.alloc(0) };
  const other = sources[below(sources.length, random)] ?? source;
  let { name, bytes } = source;
  const rounds = random() < 0.25 ? 2 : 1;
  for (let round = 0; round < rounds && bytes.length > 8; round += 1) {
    const [kind, mutate] = KINDS[below(KINDS.length, random)] ?? ["nothing", (same: Buffer) => same];
    name += `, ${kind}`;
    bytes = mutate(bytes, random, other.bytes);
  }
  return { name, bytes };
};
