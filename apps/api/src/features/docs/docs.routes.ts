import { PROBLEMS } from "@phonoscene/contracts";
import type { Express, Request, Response } from "express";
import helmet from "helmet";
import swaggerUi from "swagger-ui-express";

import { buildOpenApiDocument } from "../../http/openapi.ts";

/** Swagger UI brings its own inline styles and one inline script; everything is served from here, nothing from afar. */
const docsPolicy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", "data:"],
    connectSrc: ["'self'"],
  },
});

const errorsPage = (): string => {
  const rows = Object.entries(PROBLEMS).map(([code, problem]) => {
    const retry = "retryable" in problem ? (problem.retryable ? "yes" : "no") : "";
    return `<tr id="${code}"><td><code>${code}</code></td><td>${problem.status}</td><td>${problem.title}</td><td>${retry}</td></tr>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Phonoscene: errors</title>
<style>body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}td,th{padding:.3rem .8rem;text-align:left}
tr:target{background:#ffefb0}table{border-collapse:collapse}tr+tr{border-top:1px solid #ddd}</style>
<h1>Errors</h1><p>Every error is <code>application/problem+json</code> (RFC 9457). Codes in snake case end a task; retryable ones may
succeed later with the same input.</p><table><tr><th>code</th><th>status</th><th>meaning</th><th>retryable</th></tr>${rows.join("\n")}</table></html>`;
};

/** The OpenAPI document, Swagger UI over it, and the page that every problem's `type` points to. */
export const mountDocs = (app: Express, version: string): void => {
  const document = buildOpenApiDocument(version);
  app.get("/openapi.json", (_request: Request, response: Response) => {
    response.json(document);
  });
  app.get("/docs/errors", docsPolicy, (_request: Request, response: Response) => {
    response.type("html").send(errorsPage());
  });
  const options = {
    swaggerOptions: { url: "/openapi.json", persistAuthorization: true },
    customSiteTitle: "Phonoscene API",
  };
  app.use("/docs", docsPolicy, swaggerUi.serveFiles(undefined, options), swaggerUi.setup(undefined, options));
};
