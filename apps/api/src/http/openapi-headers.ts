import type { Endpoint } from "@phonoscene/contracts";

type Header = { description: string; schema: { type: "string" | "integer"; [key: string]: unknown } };
export type Headers = Record<string, Header>;

const text = (description: string, maxLength = 200): Header => ({ description, schema: { type: "string", maxLength } });

const requestId: Headers = { "X-Request-Id": text("Names this request in the log") };

const rateLimit: Headers = {
  "RateLimit-Policy": text('Each limit, with its requests in a window of seconds: `"api";q=120;w=60`'),
  RateLimit: text('What is left of each, and the seconds until it is whole again: `"api";r=119;t=60`'),
};

const retryAfter: Headers = {
  "Retry-After": {
    description: "Seconds to wait before asking again",
    schema: { type: "integer", minimum: 0, maximum: 2_147_483_647 },
  },
};

const isLimited = ({ auth, limit, problems }: Endpoint): boolean =>
  auth !== "none" || limit !== undefined || problems.includes("request/rate-limited");

const VERSIONED = new Set(["Tasks", "Storyboard"]);
const isVersioned = ({ tag, response }: Endpoint): boolean => VERSIONED.has(tag) && response !== undefined;

/** What a successful answer says in its headers. */
export const successHeaders = (endpoint: Endpoint, status: number): Headers => ({
  ...requestId,
  ...(isLimited(endpoint) && rateLimit),
  ...(endpoint.streams !== undefined && {
    "Content-Disposition": text("`attachment` with a file name (RFC 6266), where the answer is a file", 2000),
  }),
  ...(status === 202 && retryAfter),
  ...(status === 202 && { Location: text("Where the task is") }),
  ...((isVersioned(endpoint) || endpoint.tag === "Prompts") && {
    ETag: text("The version of the row, for `If-Match`, where one row is the answer"),
  }),
  ...(endpoint.auth === "bearer" &&
    endpoint.method === "post" &&
    endpoint.takesIdempotencyKey !== false && {
      "Idempotent-Replayed": text("`true` where this is the stored answer to an earlier request with the same key"),
    }),
});

/** What a problem says in its headers. */
export const problemHeaders = (endpoint: Endpoint, status: number): Headers => ({
  ...requestId,
  ...(isLimited(endpoint) && rateLimit),
  ...([429, 503].includes(status) && retryAfter),
  ...(status === 401 && { "WWW-Authenticate": text("How to authenticate: `Bearer`") }),
});
