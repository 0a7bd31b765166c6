import { expect, it } from "vitest";
import { z } from "zod";

import { parseConfig } from "./config.ts";
import { AppError } from "./errors.ts";

const schema = z.object({ PORT: z.coerce.number().default(3000), NAME: z.string(), URL: z.url() });

it("every faulty variable is named at once", () => {
  const read = () => parseConfig(schema, { PORT: "many", URL: "nowhere" });
  expect(read).toThrow(AppError);
  expect(read).toThrow(/PORT: [^]*NAME: [^]*URL: /);
});

it("an empty variable counts as unset", () => {
  expect(parseConfig(schema, { PORT: " ", NAME: "x", URL: "http://localhost" })).toMatchObject({ PORT: 3000 });
});

it("a configuration cannot be changed", () => {
  expect(Object.isFrozen(parseConfig(schema, { NAME: "x", URL: "http://localhost" }))).toBe(true);
});
