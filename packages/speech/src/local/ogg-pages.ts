const CAPTURE = Buffer.from("OggS", "latin1");
const HEADER_BYTES = 27;
const SEGMENT_COUNT_AT = 26;

/** Whether an Ogg file's last page (RFC 3533, 6) is longer than what is left of the file. */
export const isOggCut = (tail: Buffer): boolean => {
  const start = tail.lastIndexOf(CAPTURE);
  if (start === -1) return false;
  const page = tail.subarray(start);
  if (page.length < HEADER_BYTES) return true;
  const segments = page.readUInt8(SEGMENT_COUNT_AT);
  const lengths = page.subarray(HEADER_BYTES, HEADER_BYTES + segments);
  const pageBytes = HEADER_BYTES + segments + lengths.reduce((sum, length) => sum + length, 0);
  return lengths.length < segments || page.length < pageBytes;
};
