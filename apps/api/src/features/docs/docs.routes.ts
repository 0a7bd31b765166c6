import { fileURLToPath } from "node:url";

import type { Express, Request, Response } from "express";
import express from "express";
import helmet from "helmet";
import swaggerUi from "swagger-ui-express";

import { buildOpenApiDocument } from "../../http/openapi.ts";
import { errorsPage } from "./errors-page.ts";

/** As far from the source as from what is built of it. */
const ASSETS = fileURLToPath(new URL("../../../assets", import.meta.url));

/** Swagger UI brings its own inline styles; everything is served from here, nothing from afar, and forms go nowhere. */
const docsPolicy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
    formAction: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", "data:"],
    connectSrc: ["'self'"],
  },
});

const OPTIONS = {
  customSiteTitle: "Phonoscene API",
  customCssUrl: "/docs/assets/docs.css",
  customJs: "/docs/assets/docs.js",
  swaggerOptions: {
    url: "/openapi.json",
    // A token is kept in the page's memory, never in the browser's storage.
    persistAuthorization: false,
    displayRequestDuration: true,
    // A validator elsewhere would be asked about this document.
    validatorUrl: null,
  },
};

/** The OpenAPI document, Swagger UI over it with a login, and the page that every problem's `type` points to. */
export const mountDocs = (app: Express, version: string): void => {
  const document = buildOpenApiDocument(version);
  app.get("/openapi.json", (_request: Request, response: Response) => {
    response.json(document);
  });
  app.get("/docs/errors", docsPolicy, (_request: Request, response: Response) => {
    response.type("html").send(errorsPage());
  });
  app.use("/docs/assets", express.static(ASSETS, { index: false, cacheControl: false }));
  app.use("/docs", docsPolicy, swaggerUi.serveFiles(undefined, OPTIONS), swaggerUi.setup(undefined, OPTIONS));
};
