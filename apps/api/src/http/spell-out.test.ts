import { describe, expect, it } from "vitest";

import { spellOut } from "./spell-out.ts";

const spelledOut = (schema: object): unknown => {
  spellOut(schema);
  return schema;
};

describe("what follows from a schema is written down", () => {
  it("a named schema that may be null is the schema, or null", () => {
    const reference = { $ref: "#/components/schemas/TaskError" };
    const nullable = { allOf: [reference, { type: ["object", "null"], description: "Why" }] };
    expect(spelledOut(nullable)).toEqual({ anyOf: [reference, { type: "null" }], description: "Why" });
    expect(spelledOut({ allOf: [reference] })).toEqual({ allOf: [reference] });
  });

  it("an integer says how wide it is", () => {
    expect(spelledOut({ type: "integer", maximum: 200 })).toMatchObject({ format: "int32" });
    expect(spelledOut({ type: ["integer", "null"], maximum: 2 ** 40 })).toMatchObject({ format: "int64" });
  });

  it("an id says its length, free text that it has no NUL, and what is said already stays", () => {
    expect(spelledOut({ type: "string", format: "uuid" })).toEqual({ type: "string", format: "uuid", maxLength: 36 });
    expect(spelledOut({ items: { type: "string" } })).toEqual({ items: { type: "string", pattern: "^[^\\u0000]*$" } });
    expect(spelledOut({ type: "string", pattern: "^a$" })).toEqual({ type: "string", pattern: "^a$" });
    expect(spelledOut({ type: "string", enum: ["a"] })).toEqual({ type: "string", enum: ["a"] });
  });
});
