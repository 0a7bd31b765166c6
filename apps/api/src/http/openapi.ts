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

const requestId = {
  "X-Request-Id": { description: "Names this request in the log", schema: { type: "string" as const } },
};

/** One entry a status, naming every code that can come with it. */
const problemResponses = (endpoint: Endpoint): Record<string, ResponseConfig> => {
  const codes = new Set([
    ...endpoint.problems,
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
        headers: requestId,
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

const STATUS_TEXT = { 200: "OK", 201: "Created", 202: "Accepted: the work goes on", 204: "Done; no body" } as const;

const requestContent = (endpoint: Endpoint): NonNullable<NonNullable<RouteConfig["request"]>["body"]>["content"] => ({
  ...(endpoint.body !== undefined && { "application/json": { schema: presentBody(endpoint.body) } }),
  ...(endpoint.multipart !== undefined && {
    "multipart/form-data": {
      schema: z
        .object({ [endpoint.multipart.file]: z.string().meta({ format: "binary", description: "The recording" }) })
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

const contentDisposition = {
  "Content-Disposition": {
    description: "`attachment` with a file name (RFC 6266), where the answer is a file",
    schema: { type: "string" as const },
  },
};

const responseContent = (endpoint: Endpoint, response: z.ZodType): NonNullable<ResponseConfig["content"]> =>
  endpoint.streams === undefined
    ? { "application/json": { schema: response } }
    : Object.fromEntries(Object.entries(endpoint.streams).map(([mediaType, schema]) => [mediaType, { schema }]));

const success = (endpoint: Endpoint, status: keyof typeof STATUS_TEXT): ResponseConfig => ({
  description: STATUS_TEXT[status],
  headers: { ...requestId, ...(endpoint.streams !== undefined && contentDisposition) },
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
  security: SECURITY[endpoint.auth],
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

/** The OpenAPI 3.1 document of all contracts. */
export const buildOpenApiDocument = (version: string) => {
  const registry = new OpenAPIRegistry();
  registry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "The access token of a login, or, on the routes that name a scope, an API key (`ps_...`) that has it.",
  });
  for (const endpoint of ENDPOINTS) registry.registerPath(toRoute(endpoint));
  // The schemas first: met inside a nullable place for the first time, a named schema would become nullable itself.
  const schemas = SCHEMAS.map((schema) => ({ type: "schema" as const, schema }));
  return new OpenApiGeneratorV31([...schemas, ...registry.definitions]).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "Phonoscene",
      version,
      description:
        "Turns any recording or text into a storyboard of image prompts. Register, log in, post a task, poll it until its " +
        "`status` is `completed`, `failed` or `canceled`. Times are RFC 3339 UTC; durations and offsets are milliseconds.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: ["Accounts", "API keys", "Audio", "Tasks", "Prompts", "Bulk", "Exports", "Events", "Operations"].map(
      (name) => ({
        name,
      }),
    ),
  });
};
