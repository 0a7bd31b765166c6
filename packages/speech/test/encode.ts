import { Decoder, Demuxer, Encoder, FilterAPI, Muxer } from "node-av/api";
import { type FFEncoderCodec } from "node-av/constants";

/** A file name's extension with the encoder to use and the samples it takes. */
export const FORMATS = [
  { extension: "flac", codec: "flac", sampleFormat: "s16", rateHz: 16_000 },
  { extension: "mp3", codec: "libmp3lame", sampleFormat: "fltp", rateHz: 44_100 },
  { extension: "m4a", codec: "aac", sampleFormat: "fltp", rateHz: 48_000 },
  { extension: "mp4", codec: "aac", sampleFormat: "fltp", rateHz: 48_000 },
  { extension: "mov", codec: "alac", sampleFormat: "s16p", rateHz: 48_000 },
  { extension: "mkv", codec: "aac", sampleFormat: "fltp", rateHz: 48_000 },
  { extension: "webm", codec: "libopus", sampleFormat: "flt", rateHz: 48_000 },
  { extension: "opus", codec: "libopus", sampleFormat: "flt", rateHz: 48_000 },
  { extension: "aiff", codec: "pcm_s16be", sampleFormat: "s16", rateHz: 48_000 },
  { extension: "ogg", codec: "libvorbis", sampleFormat: "fltp", rateHz: 44_100 },
  { extension: "aac", codec: "aac", sampleFormat: "fltp", rateHz: 48_000 },
  { extension: "caf", codec: "pcm_s16be", sampleFormat: "s16", rateHz: 44_100 },
  { extension: "wma", codec: "wmav2", sampleFormat: "fltp", rateHz: 44_100 },
  { extension: "avi", codec: "libmp3lame", sampleFormat: "fltp", rateHz: 48_000 },
  { extension: "w64", codec: "pcm_s24le", sampleFormat: "s32", rateHz: 48_000 },
  { extension: "wav", codec: "pcm_u8", sampleFormat: "u8", rateHz: 8_000 },
  { extension: "wav", codec: "pcm_s24le", sampleFormat: "s32", rateHz: 96_000 },
  { extension: "wav", codec: "pcm_f32le", sampleFormat: "flt", rateHz: 22_050 },
  { extension: "wav", codec: "pcm_f64le", sampleFormat: "dbl", rateHz: 192_000 },
  { extension: "ts", codec: "aac", sampleFormat: "fltp", rateHz: 48_000 },
] as const;
export type Format = (typeof FORMATS)[number];

/** Samples that the encoder takes at once. */
const FRAMES: Partial<Record<Format["codec"], number>> = { libopus: 960, libvorbis: 64 };
const FRAME = 1024;

/** Writes a recording once more, in another format. */
export const encode = (source: string, target: string, { codec, sampleFormat, rateHz }: Format): void => {
  const input = Demuxer.openSync(source, {});
  const stream = input.audio();
  if (stream === undefined) throw new Error(`${source} has no audio`);
  const decoder = Decoder.createSync(stream, {});
  const frameSamples = FRAMES[codec] ?? FRAME;
  const filter = FilterAPI.create(
    `aresample=${rateHz},aformat=sample_fmts=${sampleFormat}:channel_layouts=mono,asetnsamples=${frameSamples}:p=0`,
    {},
  );
  // The package brands its names of encoders; these are among them.
  const encoder = Encoder.createSync(codec as FFEncoderCodec, { decoder, filter });
  const output = Muxer.openSync(target, {});
  const track = output.addStream(encoder, {});
  const frames = filter.framesSync(decoder.framesSync(input.packetsSync(stream.index)));
  for (const packet of encoder.packetsSync(frames)) output.writePacketSync(packet, track);
  output.closeSync();
  input.closeSync();
};
