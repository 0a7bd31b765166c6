import { z } from "zod";

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
};

/** A field of a form that holds JSON; text that is none goes to the schema as it is. */
export const jsonField = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((input) => (typeof input === "string" ? readJson(input) : input), schema);
