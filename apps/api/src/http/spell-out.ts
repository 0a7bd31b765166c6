type Node = { [key: string]: unknown };

const MAX_INT32 = 2_147_483_647;

/** Texts of a fixed form: how long they are at most. */
const LONGEST: Readonly<Record<string, number>> = { uuid: 36, "date-time": 64 };

/** Whatever is stored or sent in a header has no NUL character. */
const NO_NUL = String.raw`^[^\u0000]*$`;

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);

const isOf = (node: Node, type: string): boolean =>
  node["type"] === type || (Array.isArray(node["type"]) && node["type"].includes(type));

const spellOutString = (node: Node): void => {
  if (node["enum"] !== undefined || node["const"] !== undefined) return;
  const longest = LONGEST[String(node["format"])];
  if (node["maxLength"] === undefined && longest !== undefined) node["maxLength"] = longest;
  if (node["pattern"] === undefined && node["format"] === undefined) node["pattern"] = NO_NUL;
};

const spellOutInteger = (node: Node): void => {
  const isSmall = Math.abs(Number(node["maximum"] ?? Infinity)) <= MAX_INT32;
  node["format"] ??= isSmall ? "int32" : "int64";
};

/**
 * The generator writes a named schema that may be null as all of the schema and `object | null`, which null never is.
 * Written anew: the schema, or null.
 */
const admitNull = (node: Node): void => {
  const [reference, other] = Array.isArray(node["allOf"]) ? (node["allOf"] as unknown[]) : [];
  if (!isNode(reference) || reference["$ref"] === undefined || !isNode(other) || !isOf(other, "null")) return;
  const { type: _type, ...rest } = other;
  delete node["allOf"];
  Object.assign(node, rest, { anyOf: [reference, { type: "null" }] });
};

/** Writes down, in place, what follows from the schemas: null, widths of integers, lengths of ids and times, no NUL in text. */
export const spellOut = (value: unknown): void => {
  if (Array.isArray(value)) {
    for (const child of value) spellOut(child);
    return;
  }
  if (!isNode(value)) return;
  admitNull(value);
  if (isOf(value, "string")) spellOutString(value);
  if (isOf(value, "integer")) spellOutInteger(value);
  for (const [key, child] of Object.entries(value)) {
    if (key !== "example" && key !== "examples" && key !== "default") spellOut(child);
  }
};
