import formats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";

import { buildOpenApiDocument } from "./http/openapi.ts";

type Media = { schema: { [key: string]: unknown } };
type Answer = { content?: Record<string, Media>; headers?: Record<string, { schema: object }> };
type Operation = {
  operationId: string;
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Answer>;
};

const pointer = (...parts: string[]): string =>
  parts.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");

const document = buildOpenApiDocument("0.0.0-test");
const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true });
// The package's types describe its CommonJS build.
(formats as unknown as typeof formats.default)(ajv);
ajv.addSchema(document, "document");

// The generator's own types leave out what the paths hold once they are plain JSON.
const paths = document.paths as unknown as Record<string, Record<string, Operation>>;

/** Literal paths before those with parameters, as the router has them. */
const routes = Object.keys(paths)
  .toSorted((a, b) => a.split("{").length - b.split("{").length)
  .map((path) => ({ path, pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`) }));

/** Not operations of the API: pages, and the document itself. */
const isPage = (pathname: string): boolean => pathname === "/openapi.json" || pathname.startsWith("/docs");

/** The operation that a request meets; undefined for no route, or a method that its route lacks. */
const operationOf = (method: string, pathname: string): { path: string; operation: Operation } | undefined => {
  const path = routes.find(({ pattern }) => pattern.test(pathname))?.path;
  const operation = path === undefined ? undefined : paths[path]?.[method.toLowerCase()];
  return path === undefined || operation === undefined ? undefined : { path, operation };
};

/**
 * Holds a value against the schema at `reference`, a place in the document such as `components/schemas/Task`.
 * @throws Error that begins with `where` and names the first fault.
 */
export const checkAgainst = (where: string, reference: string, value: unknown): void => {
  const validate = ajv.getSchema(`document#/${reference}`);
  if (validate === undefined) throw new Error(`${where}: the document has no ${reference}`);
  if (validate(value) === true) return;
  const [fault] = validate.errors ?? [];
  throw new Error(`${where}: ${fault?.instancePath === "" ? "/" : fault?.instancePath} ${fault?.message}`);
};

const checkEvent = (where: string, reference: string, { media, block }: { media: Media; block: string }): void => {
  const event = /^event: (.*)$/m.exec(block)?.[1];
  const data = /^data: (.*)$/m.exec(block)?.[1];
  if (event === undefined || data === undefined) return;
  const schemas = media.schema["x-event-data"] as Record<string, object>;
  if (schemas[event] === undefined) throw new Error(`${where}: no event "${event}" is documented`);
  checkAgainst(`${where} event ${event}`, `${reference}/x-event-data/${pointer(event)}`, JSON.parse(data));
};

/** The same answer, whose events are checked while they are read; the first at fault breaks the stream. */
const checkedAsRead = (response: Response, checkBlock: (block: string) => void): Response => {
  const decoder = new TextDecoder();
  let rest = "";
  const checking = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) checkBlock(block);
      controller.enqueue(chunk);
    },
  });
  const { status, headers } = response;
  return new Response(response.body?.pipeThrough(checking) ?? null, { status, headers });
};

const checkHeaders = (where: string, reference: string, { answer, headers }: { answer: Answer; headers: Headers }) => {
  for (const [name, { schema }] of Object.entries(answer.headers ?? {})) {
    const value = headers.get(name);
    if (value === null) continue;
    const isInteger = "type" in schema && schema.type === "integer";
    checkAgainst(`${where} header ${name}`, `${reference}/headers/${name}/schema`, isInteger ? Number(value) : value);
  }
  if (headers.get("x-request-id") === null) throw new Error(`${where}: no X-Request-Id`);
};

const EVENT_STREAM = "text/event-stream";

/** A value a line. */
const LINES = "application/x-ndjson";

const valuesOf = (mediaType: string, text: string): unknown[] => {
  if (mediaType === LINES)
    return text
      .split("\n")
      .filter(Boolean)
      .map((line): unknown => JSON.parse(line));
  return [mediaType.includes("json") ? JSON.parse(text) : text];
};

type Body = { answer: Answer; response: Response; onStreamFault: (error: unknown) => void };

/** Resolves to what is left to read. */
const checkBody = async (where: string, reference: string, body: Body): Promise<Response> => {
  const { answer, response, onStreamFault } = body;
  const mediaType = response.headers.get("content-type")?.split(";")[0]?.trim() ?? "";
  if (answer.content === undefined) {
    const text = await response.clone().text();
    if (mediaType !== "" || text !== "") throw new Error(`${where}: a body that is not documented`);
    return response;
  }
  const media = answer.content[mediaType];
  if (media === undefined) throw new Error(`${where}: the media type "${mediaType}" is not documented`);
  const at = `${reference}/content/${pointer(mediaType)}/schema`;
  if (mediaType === EVENT_STREAM) {
    return checkedAsRead(response, (block) => {
      try {
        checkEvent(where, at, { media, block });
      } catch (error) {
        onStreamFault(error);
        throw error;
      }
    });
  }
  for (const value of valuesOf(mediaType, await response.clone().text())) checkAgainst(where, at, value);
  return response;
};

/** With `atomic: false`, an item that is not valid has a result of its own in a 200. */
const mayHoldFaults = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "atomic" in value && value.atomic === false;

const checkRequest = (where: string, base: string, body: string): void => {
  const value: unknown = JSON.parse(body);
  if (mayHoldFaults(value)) return;
  checkAgainst(`${where} request`, `${base}/requestBody/content/${pointer("application/json")}/schema`, value);
};

/** What was asked; `body` where JSON was sent. */
export type Asked = { method: string; pathname: string; body?: string };

/** What is left to read, and what was seen: `GET /v1/me 200`, or null for pages and where there is no such route. */
export type Checked = { response: Response; seen: string | null };

/**
 * Holds an answer, and the request that led to a 2xx, against the OpenAPI document. An event stream is checked while
 * it is read: a fault breaks it off and is told to `onStreamFault` too, for readers expect streams to break.
 * @throws Error naming route, status and place of what is not as documented.
 */
export const checkConformance = async (
  { method, pathname, body }: Asked,
  response: Response,
  onStreamFault: (error: unknown) => void = () => {},
): Promise<Checked> => {
  const found = operationOf(method, pathname);
  if (found === undefined) {
    if (isPage(pathname) || [400, 404, 405].includes(response.status)) return { response, seen: null };
    throw new Error(`${method} ${pathname} ${response.status}: no such route is documented`);
  }
  const { path, operation } = found;
  const { status, headers } = response;
  const where = `${method.toUpperCase()} ${path} ${status}`;
  const answer = operation.responses[String(status)];
  if (answer === undefined) throw new Error(`${where}: this status is not documented`);
  const base = pointer("paths", path, method.toLowerCase());
  const reference = `${base}/responses/${status}`;
  checkHeaders(where, reference, { answer, headers });
  if (response.ok && body !== undefined && operation.requestBody !== undefined) checkRequest(where, base, body);
  return { response: await checkBody(where, reference, { answer, response, onStreamFault }), seen: where };
};
