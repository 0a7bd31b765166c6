/**
 * A process: decodes `argv[2]` with the demuxer `argv[3]` to interleaved stereo f32 at 16 kHz on standard output, with
 * FFmpeg's log and one `Duration:` line on standard error.
 */
import { setImmediate } from "node:timers/promises";

import { NODE_AV_FAILED, NODE_AV_MISSING } from "./decode-exit-codes.ts";
import { DEMUXERS } from "./demuxers.ts";
import { FRAME_BYTES, MAX_DECODER_BYTES, SAMPLE_RATE_HZ } from "./pcm-format.ts";

const FILTER = `aresample=${SAMPLE_RATE_HZ},aformat=sample_fmts=flt:channel_layouts=stereo,asetnsamples=${SAMPLE_RATE_HZ}:p=0`;
/** The synchronous API never yields by itself, and frames are freed only when the event loop turns. */
const FRAMES_PER_TURN = 20;

const print = (line: string): void => void process.stderr.write(`${line}\n`);

/** Resolves once the reader has taken the bytes: a slow reader holds the decoder back. */
const write = (bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
  });

const loadNodeAv = () =>
  import("node-av/api").catch((cause: unknown) => {
    print(`[error] node-av cannot be loaded: ${String(cause)}`);
    process.exit(NODE_AV_MISSING);
  });

const decode = async (filePath: string, demuxer: string): Promise<void> => {
  const { Decoder, Demuxer, FilterAPI } = await loadNodeAv();
  const input = Demuxer.openSync(filePath, {
    format: demuxer,
    options: { protocol_whitelist: "file", format_whitelist: DEMUXERS.join(",") },
  });
  if (input.duration > 0) print(`[info] Duration: 0:0:${input.duration}`);
  const stream = input.audio();
  if (stream === undefined) throw new Error("no audio track");
  const decoder = Decoder.createSync(stream, { exitOnError: false });
  const filter = FilterAPI.create(FILTER, {});
  let frames = 0;
  for (const frame of filter.framesSync(decoder.framesSync(input.packetsSync(stream.index)))) {
    if (frame === null) continue;
    const [samples] = frame.data ?? [];
    if (samples !== undefined) await write(Buffer.from(samples.subarray(0, frame.nbSamples * FRAME_BYTES)));
    frame.free();
    frames += 1;
    if (frames % FRAMES_PER_TURN !== 0) continue;
    if (process.memoryUsage.rss() > MAX_DECODER_BYTES)
      throw new Error("the file makes the decoder need too much memory");
    await setImmediate();
  }
};

process.on("disconnect", () => process.exit(NODE_AV_FAILED));
const [, , filePath = "", demuxer = ""] = process.argv;
try {
  await decode(filePath, demuxer);
  process.exit(0);
} catch (error) {
  print(`[error] ${error instanceof Error ? error.message : String(error)}`);
  process.exit(NODE_AV_FAILED);
}
