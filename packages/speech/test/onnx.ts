/** As much of ONNX's protobuf as a test needs to write a small model. */
type Field = Buffer;

const varint = (value: number | bigint): Buffer => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Buffer.from(bytes);
};

const integer = (field: number, value: number): Field => Buffer.concat([varint(field << 3), varint(value)]);
const bytes = (field: number, content: Uint8Array): Field =>
  Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
const text = (field: number, content: string): Field => bytes(field, Buffer.from(content));
const message = (field: number, fields: readonly Field[]): Field => bytes(field, Buffer.concat(fields));

const FLOAT = 1;
const INT64 = 7;

type Shape = (number | string)[];
export type Value = { name: string; type: "float" | "int64"; shape: Shape };

const toValueInfo = ({ name, type, shape }: Value): Field[] => [
  text(1, name),
  message(2, [
    message(1, [
      integer(1, type === "float" ? FLOAT : INT64),
      message(
        2,
        shape.map((size) => message(1, [typeof size === "number" ? integer(1, size) : text(2, size)])),
      ),
    ]),
  ]),
];

/** A constant of the graph; whole numbers are `int64`. */
export const constant = (name: string, data: Float32Array | BigInt64Array, dims: number[]): Field =>
  message(5, [
    ...dims.map((dim) => integer(1, dim)),
    integer(2, data instanceof Float32Array ? FLOAT : INT64),
    text(8, name),
    bytes(9, Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  ]);

const toAttribute = ([name, value]: [string, number | number[]]): Field =>
  Array.isArray(value)
    ? message(5, [text(1, name), ...value.map((one) => integer(8, one)), integer(20, 7)])
    : message(5, [text(1, name), integer(3, value), integer(20, 2)]);

/** `output = operator(...inputs)`. */
export const node = (
  operator: string,
  {
    inputs,
    output,
    ...attributes
  }: { inputs: string[]; output: string; [attribute: string]: string | string[] | number | number[] },
): Field =>
  message(1, [
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(4, operator),
    // What is neither input nor output is a number or numbers.
    ...Object.entries(attributes as Record<string, number | number[]>).map(toAttribute),
  ]);

/** A whole model, of operator set 13. */
export const model = (parts: readonly Field[], inputs: readonly Value[], outputs: readonly Value[]): Buffer =>
  Buffer.concat([
    integer(1, 8),
    message(7, [
      ...parts,
      text(2, "graph"),
      ...inputs.map((value) => message(11, toValueInfo(value))),
      ...outputs.map((value) => message(12, toValueInfo(value))),
    ]),
    message(8, [text(1, ""), integer(2, 13)]),
  ]);
