// `pnpm openapi:write`: writes docs/openapi.json, the generated document as reviewers see it.
import { writeFile } from "node:fs/promises";

import { openApiText } from "../apps/api/src/http/openapi-text.ts";

await writeFile(new URL("../docs/openapi.json", import.meta.url), openApiText());
