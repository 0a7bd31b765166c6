import {
  OpenApiGeneratorV31,
  OpenAPIRegistry,
  type ResponseConfig,
  type RouteConfig,
} from "@asteasolutions/zod-to-openapi";
import {
  type AuthMode,
  type Endpoint,
  ENDPOINTS,
  IdempotencyKeyHeader,
  isIdempotent,
  Problem,
  PROBLEMS,
  type ProblemCode,
  SCHEMAS,
} from "@phonoscene/contracts";
import { z } from "zod";

import { API_DESCRIPTION } from "./openapi-description.ts";
import { problemHeaders, successHeaders } from "./openapi-headers.ts";
import { OUTGOING } from "./openapi-webhooks.ts";
import { spellOut } from "./spell-out.ts";

const ALWAYS: readonly ProblemCode[] = ["service/unavailable", "service/internal"];
const WITH_IDEMPOTENCY_KEY: readonly ProblemCode[] = [
  "request/invalid",
  "idempotency/in-progress",
  "idempotency/key-reused",
];

const bearerProblems = ({ auth, scope }: Endpoint): readonly ProblemCode[] =>
  auth === "bearer"
    ? ["auth/missing", "auth/invalid-token", scope === undefined ? "auth/key-refused" : "auth/scope-missing"]
    : [];

const limitProblems = ({ auth, limit }: Endpoint): readonly ProblemCode[] =>
  auth === "none" && limit === undefined ? [] : ["request/rate-limited"];

/** What any route with such input may answer, before its handler runs. */
const inputProblems = ({ params, query, headers, body }: Endpoint): readonly ProblemCode[] => [
  ...(params === undefined ? [] : (["request/malformed", "request/invalid"] as const)),
  ...(query === undefined && headers === undefined ? [] : (["request/invalid"] as const)),
  ...(body === undefined
    ? []
    : (["request/malformed", "request/invalid", "request/too-large", "request/unsupported-media-type"] as const)),
];

/** One entry a status, naming every code that can come with it. */
const problemResponses = (endpoint: Endpoint): Record<string, ResponseConfig> => {
  const codes = new Set([
    ...endpoint.problems,
    ...inputProblems(endpoint),
    ...bearerProblems(endpoint),
    ...limitProblems(endpoint),
    ...(isIdempotent(endpoint) ? WITH_IDEMPOTENCY_KEY : []),
    ...ALWAYS,
  ]);
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) byStatus.set(PROBLEMS[code].status, [...(byStatus.get(PROBLEMS[code].status) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      String(status),
      {
        description: group.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join("; "),
        headers: problemHeaders(endpoint, status),
        content: { "application/problem+json": { schema: Problem } },
      },
    ]),
  );
};

const SECURITY: Record<AuthMode, NonNullable<RouteConfig["security"]>> = {
  none: [],
  optional: [{ bearer: [] }, {}],
  bearer: [{ bearer: [] }],
};

/** A body that may be left out is told by `required`; the document's schema is that of a body that is there. */
const presentBody = (body: z.ZodType): z.ZodType =>
  body instanceof z.ZodOptional ? (body.unwrap() as z.ZodType) : body;

/** The most that a server can be told to take; MAX_UPLOAD_BYTES may say less. */
const MAX_AUDIO_BYTES = 2 ** 31;

const STATUS_TEXT = { 200: "OK", 201: "Created", 202: "Accepted: the work goes on", 204: "Done; no body" } as const;

const requestContent = (endpoint: Endpoint): NonNullable<NonNullable<RouteConfig["request"]>["body"]>["content"] => ({
  ...(endpoint.body !== undefined && { "application/json": { schema: presentBody(endpoint.body) } }),
  ...(endpoint.multipart !== undefined && {
    "multipart/form-data": {
      schema: z
        .object({
          [endpoint.multipart.file]: z
            .string()
            .meta({ format: "binary", maxLength: MAX_AUDIO_BYTES, description: "The recording" }),
        })
        // The fields of every multipart contract are a plain object.
        .extend((endpoint.multipart.fields as z.ZodObject).shape),
    },
  }),
});

const headersOf = (endpoint: Endpoint): { headers?: z.ZodObject } => {
  const key = isIdempotent(endpoint) ? { "idempotency-key": IdempotencyKeyHeader } : {};
  const shape = { ...key, ...endpoint.headers?.shape };
  return Object.keys(shape).length === 0 ? {} : { headers: z.object(shape) };
};

const responseContent = (endpoint: Endpoint, response: z.ZodType): NonNullable<ResponseConfig["content"]> =>
  endpoint.streams === undefined
    ? { "application/json": { schema: response } }
    : Object.fromEntries(Object.entries(endpoint.streams).map(([mediaType, schema]) => [mediaType, { schema }]));

const success = (endpoint: Endpoint, status: keyof typeof STATUS_TEXT): ResponseConfig => ({
  description: STATUS_TEXT[status],
  headers: successHeaders(endpoint, status),
  ...(endpoint.response !== undefined && { content: responseContent(endpoint, endpoint.response) }),
});

const describe = ({ description, scope }: Endpoint): { description?: string } => {
  const sentences = [description, scope && `API keys need the scope \`${scope}\`.`].filter(
    (text) => text !== undefined,
  );
  return sentences.length === 0 ? {} : { description: sentences.join(" ") };
};

const toRoute = (endpoint: Endpoint): RouteConfig => ({
  method: endpoint.method,
  path: endpoint.path,
  operationId: endpoint.operationId,
  summary: endpoint.summary,
  ...describe(endpoint),
  tags: [endpoint.tag],
  security: endpoint.role === "admin" ? [{ administrator: [] }] : SECURITY[endpoint.auth],
  request: {
    // Params and queries of every contract are plain objects.
    ...(endpoint.params !== undefined && { params: endpoint.params as z.ZodObject }),
    ...(endpoint.query !== undefined && { query: endpoint.query as z.ZodObject }),
    ...headersOf(endpoint),
    ...((endpoint.body !== undefined || endpoint.multipart !== undefined) && {
      body: { required: endpoint.isBodyOptional !== true, content: requestContent(endpoint) },
    }),
  },
  responses: {
    ...Object.fromEntries([endpoint.status, ...(endpoint.otherStatuses ?? [])].map((s) => [s, success(endpoint, s)])),
    ...problemResponses(endpoint),
  },
});

const TAGS = {
  Accounts: "Register, log in, stay logged in; the account itself and its sessions",
  "API keys": "Keys for programs, each with its scopes",
  Audio: "Recordings that are uploaded once and heard by any number of tasks",
  Tasks: "Recordings and texts on their way to a storyboard",
  Prompts: "The prompts of a task: read, add, edit, lock, order, restore",
  Storyboard:
    "Work on a whole storyboard: its cast and look, saved styles, prompts written again or for another generator",
  Bulk: "Up to 10,000 tasks in one call",
  Exports: "Transcripts and storyboards as files",
  Events: "Live progress, as server-sent events",
  Webhooks: "Be told instead of asking: requests to an address of yours, after Standard Webhooks 1.0",
  Operations: "For probes and load balancers",
} as const;

/** The OpenAPI 3.1 document of all contracts. */
export const buildOpenApiDocument = (version: string) => {
  const registry = new OpenAPIRegistry();
  registry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description:
      "The access token of a login (a JWT, issued and checked as RFC8725 asks), or, on the routes that name a scope, an API key (`ps_...`) that has it.",
  });
  registry.registerComponent("securitySchemes", "administrator", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "The access token of an account that `pnpm admin grant` made an administrator, as RFC8725 asks",
  });
  for (const endpoint of ENDPOINTS) registry.registerPath(toRoute(endpoint));
  for (const webhook of OUTGOING) registry.registerWebhook(webhook);
  // The schemas first: met inside a nullable place for the first time, a named schema would become nullable itself.
  const schemas = SCHEMAS.map((schema) => ({ type: "schema" as const, schema }));
  const document = new OpenApiGeneratorV31([...schemas, ...registry.definitions]).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "Phonoscene",
      version,
      description: API_DESCRIPTION,
      contact: { name: "The maintainers of Phonoscene" },
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [
      {
        url: "/",
        description: "The server that this document comes from: local, staging or production",
        "x-internal": false,
      },
    ],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  });
  spellOut(document);
  return document;
};
