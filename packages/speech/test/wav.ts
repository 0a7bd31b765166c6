const HEADER_BYTES = 44;
const PCM = 1;

/** A 16-bit PCM WAV file of these interleaved samples, -1..1. */
export const wavOf = (samples: Float32Array, { sampleRateHz = 16_000, channels = 1 } = {}): Buffer => {
  const wav = Buffer.alloc(HEADER_BYTES + samples.length * 2);
  wav.write("RIFF", 0, "latin1");
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write("WAVEfmt ", 8, "latin1");
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(PCM, 20);
  wav.writeUInt16LE(channels, 22);
  wav.writeUInt32LE(sampleRateHz, 24);
  wav.writeUInt32LE(sampleRateHz * channels * 2, 28);
  wav.writeUInt16LE(channels * 2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36, "latin1");
  wav.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, index) => wav.writeInt16LE(Math.round(sample * 32_767), HEADER_BYTES + index * 2));
  return wav;
};

/** The samples of a 16-bit mono WAV file with a plain 44-byte header. */
export const samplesOf = (wav: Buffer): Float32Array =>
  Float32Array.from(
    { length: (wav.length - HEADER_BYTES) / 2 },
    (_, index) => wav.readInt16LE(HEADER_BYTES + index * 2) / 32_768,
  );
