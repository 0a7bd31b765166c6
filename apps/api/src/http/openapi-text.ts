import { buildOpenApiDocument } from "./openapi.ts";

/** The document as docs/openapi.json has it: for reading changes in review, so its version stays out of it. */
export const openApiText = (): string => `${JSON.stringify(buildOpenApiDocument("0.0.0"), null, 2)}\n`;
