/** One field of a protobuf message, as it stands on the wire. */
type Field = {
  number: number;
  /** With its tag. */
  bytes: Uint8Array;
  /** The content of a length-delimited field; null for a number. */
  body: Uint8Array | null;
};

const WIRE_VARINT = 0;
const WIRE_BYTES = 2;
const FIXED_BYTES: Record<number, number> = { 1: 8, 5: 4 };

const readVarint = (bytes: Uint8Array, at: number): { value: number; end: number } => {
  let value = 0;
  for (let end = at, scale = 1; end < bytes.length; end += 1, scale *= 128) {
    const byte = bytes[end] ?? 0;
    value += (byte & 127) * scale;
    if (byte < 128) return { value, end: end + 1 };
  }
  throw new Error("A protobuf message ends in the middle of a number");
};

const readField = (bytes: Uint8Array, at: number): Field & { end: number } => {
  const tag = readVarint(bytes, at);
  const number = Math.floor(tag.value / 8);
  const wire = tag.value % 8;
  const length = wire === WIRE_BYTES ? readVarint(bytes, tag.end) : { value: FIXED_BYTES[wire] ?? 0, end: tag.end };
  const end = wire === WIRE_VARINT ? readVarint(bytes, tag.end).end : length.end + length.value;
  const isKnown = wire === WIRE_VARINT || length.value > 0 || wire === WIRE_BYTES;
  if (!isKnown || end > bytes.length) throw new Error(`Field ${number} is not protobuf`);
  const body = wire === WIRE_BYTES ? bytes.subarray(length.end, end) : null;
  return { number, bytes: bytes.subarray(at, end), body, end };
};

/** The fields of a message, in order. */
export const readFields = (message: Uint8Array): Field[] => {
  const fields: Field[] = [];
  for (let at = 0; at < message.length;) {
    const { end, ...field } = readField(message, at);
    fields.push(field);
    at = end;
  }
  return fields;
};

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];

/** Bytes in pieces: a model has over a hundred megabytes, which are put together once, at the end. */
export type Parts = readonly Uint8Array[];

/** A length-delimited field of these parts. */
export const bytesField = (number: number, parts: Parts): Parts => {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [Uint8Array.from([...varint(number * 8 + WIRE_BYTES), ...varint(length)]), ...parts];
};

export const textField = (number: number, text: string): Parts => bytesField(number, [Buffer.from(text)]);

export const numberField = (number: number, value: number): Parts => [
  Uint8Array.from([...varint(number * 8 + WIRE_VARINT), ...varint(value)]),
];

/** The text of the first field of this number; "" without one. */
export const textOf = (fields: readonly Field[], number: number): string =>
  Buffer.from(fields.find((field) => field.number === number)?.body ?? []).toString("utf8");

/** A message with some of its fields in another form: `edit` gives the field to write, or null to keep it. */
export const editFields = (message: Uint8Array, edit: (field: Field) => Parts | null): Parts =>
  readFields(message).flatMap((field) => edit(field) ?? [field.bytes]);
