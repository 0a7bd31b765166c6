/** A JSON schema as found in a request; only the parts that steer an answer. */
export type Schema = {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  items?: Schema;
};

/** One piece of the request's data: `text`, under the number that another property of the same object gives. */
type Scene = { number: number; text: string };

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Every object of the data that has a `text` and a whole number. */
export const findScenes = (data: unknown): Scene[] => {
  if (!isObject(data)) return [];
  const number = Object.values(data).find((value) => Number.isInteger(value));
  const { text } = data;
  const own = typeof number === "number" && typeof text === "string" ? [{ number, text }] : [];
  return [...own, ...Object.values(data).flatMap(findScenes)];
};

/** The widest stretch between braces that is JSON: prose may stand before and after it. */
export const findJson = (text: string): unknown => {
  const end = text.lastIndexOf("}") + 1;
  for (let start = text.indexOf("{"); start !== -1 && start < end; start = text.indexOf("{", start + 1)) {
    const json = parse(text.slice(start, end));
    if (json !== undefined) return json;
  }
  return undefined;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** Three neighbouring words of the text, another three for another property. */
const pickWords = (text: string, path: string): string => {
  const words = text.match(/\p{L}{3,}/gu) ?? ["nothing"];
  const offset = Buffer.from(path).reduce((sum, byte) => (sum * 31 + byte) % 9973, 0) % words.length;
  return Array.from({ length: Math.min(3, words.length) }, (_, step) => words[(offset + step) % words.length]).join(
    " ",
  );
};

type Source = { scenes: Scene[]; text: string; path: string };

const answerItems = (items: Schema, source: Source): unknown[] => {
  const numbered = Object.entries(items.properties ?? {}).find(([, { enum: numbers }]) =>
    numbers?.every(Number.isInteger),
  );
  if (numbered === undefined) return [answerSchema(items, source)];
  const [name, { enum: numbers = [] }] = numbered;
  return numbers.map((number) => {
    const text = source.scenes.find((scene) => scene.number === number)?.text ?? source.text;
    return { ...(answerSchema(items, { ...source, text }) as object), [name]: number };
  });
};

/**
 * An answer that fits the schema, made of the scenes' words. A list whose items carry a number from a fixed set gets one
 * item a number, written from the scene of that number; any other list gets one item.
 */
export const answerSchema = (schema: Schema, source: Source): unknown => {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.anyOf !== undefined)
    return answerSchema(schema.anyOf.find(({ type }) => type !== "null") ?? { type: "null" }, source);
  // `["string", "null"]` is how a nullable text is written.
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object")
    return Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, property]) => [
        name,
        answerSchema(property, { ...source, path: `${source.path}.${name}` }),
      ]),
    );
  if (type === "array") return answerItems(schema.items ?? {}, source);
  if (type === "string") return pickWords(source.text, source.path);
  if (type === "integer" || type === "number") return 0;
  return type === "boolean" ? true : null;
};
