const BYTES_PER_SECOND = 32_000;
const HEADER_BYTES = 44;
const CHUNK_BYTES = 64 * 1024;

const headerOf = (sizeBytes: number): Buffer => {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write("RIFF", 0);
  header.writeUInt32LE(sizeBytes - 8, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(BYTES_PER_SECOND / 2, 24);
  header.writeUInt32LE(BYTES_PER_SECOND, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(sizeBytes - HEADER_BYTES, 40);
  return header;
};

/** A WAV file of this size, of nothing but silence (16 bit mono PCM at 16 kHz), made piece by piece. */
export function* silentRecording(sizeBytes: number): Generator<Buffer> {
  yield headerOf(sizeBytes);
  const silence = Buffer.alloc(CHUNK_BYTES);
  for (let left = sizeBytes - HEADER_BYTES; left > 0; left -= CHUNK_BYTES) {
    yield silence.subarray(0, Math.min(left, CHUNK_BYTES));
  }
}

/** As `silentRecording`, whole. */
export const silentWav = (seconds: number): Buffer =>
  Buffer.concat([...silentRecording(HEADER_BYTES + seconds * BYTES_PER_SECOND)]);
