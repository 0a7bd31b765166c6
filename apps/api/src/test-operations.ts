import { type Endpoint, ENDPOINTS } from "@phonoscene/contracts";

import { buildOpenApiDocument } from "./http/openapi.ts";

/** A schema of the document, as far as it matters for making requests. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  example?: unknown;
  format?: string;
  minLength?: number;
  minimum?: number;
  minItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
};

type Document = {
  paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>>;
  components: { schemas: Record<string, Schema> };
};

// The generator's types leave open what a schema is made of; the document is plain JSON.
const document = JSON.parse(JSON.stringify(buildOpenApiDocument("0.0.0-test"))) as Document;

/** A route with what the document says of its JSON body; null where it takes none. */
export type Operation = { contract: Endpoint; name: string; body: Schema | null };

/** Every operation of the document. */
export const OPERATIONS: readonly Operation[] = ENDPOINTS.map((contract: Endpoint) => ({
  contract,
  name: `${contract.method.toUpperCase()} ${contract.path}`,
  body: document.paths[contract.path]?.[contract.method]?.requestBody?.content["application/json"]?.schema ?? null,
}));

/** Follows references, and makes one schema of those that must all hold. */
export const resolveSchema = (schema: Schema): Schema => {
  if (schema.$ref !== undefined) {
    const found = document.components.schemas[schema.$ref.split("/").at(-1) ?? ""];
    if (found === undefined) throw new Error(`the document has no ${schema.$ref}`);
    return resolveSchema(found);
  }
  const { allOf = [], ...rest } = schema;
  return Object.assign({}, ...allOf.map(resolveSchema), rest) as Schema;
};

/** Of a place that may be null, what else it may be. */
export const withoutNull = (schema: Schema): Schema => {
  const resolved = resolveSchema(schema);
  const choices = (resolved.anyOf ?? resolved.oneOf)?.map(resolveSchema).filter(({ type }) => type !== "null");
  const [first] = choices ?? [];
  return first === undefined ? resolved : withoutNull(first);
};

const sampleText = ({ format, minLength = 0 }: Schema): string => {
  if (format === "uuid") return "0190163d-8694-739b-aea5-966c26f8ad91";
  if (format === "date-time") return "2026-11-22T10:00:00Z";
  return "sample".padEnd(minLength, ".");
};

/** A value that the schema takes: examples where there are any, and only what is required. */
export const sampleOf = (schema: Schema): unknown => {
  const one = withoutNull(schema);
  if (one.example !== undefined) return one.example;
  if (one.const !== undefined) return one.const;
  if (one.enum !== undefined) return one.enum[0];
  const type = Array.isArray(one.type) ? one.type.find((name) => name !== "null") : one.type;
  if (type === "object") {
    const required = (one.required ?? []).map((name) => [name, sampleOf(one.properties?.[name] ?? {})]);
    return Object.fromEntries(required);
  }
  if (type === "array") return Array.from({ length: one.minItems ?? 0 }, () => sampleOf(one.items ?? {}));
  if (type === "integer" || type === "number") return one.minimum ?? 1;
  return type === "boolean" ? true : sampleText(one);
};
