import { readFile } from "node:fs/promises";

import { expect, it } from "vitest";

import { openApiText } from "./openapi-text.ts";

it("docs/openapi.json is the document of today; if not, run `pnpm openapi:write` and commit it", async () => {
  const written = await readFile(new URL("../../../../docs/openapi.json", import.meta.url), "utf8");
  expect(written === openApiText(), "docs/openapi.json is stale: run `pnpm openapi:write`").toBe(true);
});
