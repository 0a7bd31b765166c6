// `pnpm openapi:lint`: Spectral over the generated OpenAPI document; any finding, however small, fails.
import { Spectral } from "@stoplight/spectral-core";

import { buildOpenApiDocument } from "../apps/api/src/http/openapi.ts";
import { ruleset } from "../spectral.ruleset.ts";

const SEVERITIES = ["error", "warning", "information", "hint"] as const;

const spectral = new Spectral();
spectral.setRuleset(ruleset);
const findings = await spectral.run({ ...buildOpenApiDocument("0.0.0") });

for (const { code, severity, path, message } of findings) {
  process.stderr.write(`${SEVERITIES[severity]} ${code} at ${path.join(".")}: ${message}\n`);
}
const counts = SEVERITIES.map(
  (name) => `${findings.filter(({ severity }) => SEVERITIES[severity] === name).length} ${name}s`,
);
process.stdout.write(`OpenAPI document: ${counts.join(", ")}\n`);
process.exitCode = findings.length === 0 ? 0 : 1;
