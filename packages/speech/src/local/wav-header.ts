const FIRST_CHUNK = 12;
const CHUNK_HEADER_BYTES = 8;
/** Programs that stream WAV do not know its length yet and write 0 or a number near the limit of 32 bits. */
const LARGEST_HONEST_BYTES = 0x7fff_0000;

/** Whether a RIFF WAVE file is shorter than its `data` chunk says; false where the header does not tell. */
export const isWavCut = (head: Buffer, sizeBytes: number): boolean => {
  for (let at = FIRST_CHUNK; at + CHUNK_HEADER_BYTES <= head.length;) {
    const chunkBytes = head.readUInt32LE(at + 4);
    if (head.toString("latin1", at, at + 4) === "data") {
      const isHonest = chunkBytes > 0 && chunkBytes < LARGEST_HONEST_BYTES;
      return isHonest && at + CHUNK_HEADER_BYTES + chunkBytes > sizeBytes;
    }
    at += CHUNK_HEADER_BYTES + chunkBytes + (chunkBytes % 2);
  }
  return false;
};
