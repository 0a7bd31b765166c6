import { setMaxListeners } from "node:events";

import { type Endpoint, IdempotencyKeyHeader, isIdempotent, StreamedText } from "@phonoscene/contracts";
import type { StoredAnswer, User } from "@phonoscene/db";
import { AppError, MINUTE } from "@phonoscene/kernel";
import express, { type Request, type RequestHandler, type Response, type Router } from "express";
import type { z } from "zod";

import type { Caller, Route, UploadedFile } from "./endpoint.ts";
import { type IdempotentRequest, type OnceOnly, type Perform, performAlways } from "./idempotency.ts";
import { networkOf, type RateLimits } from "./rate-limits.ts";
import { sendStream } from "./send-stream.ts";
import type { ReceiveUpload } from "./upload.ts";

export type MountOptions = {
  /** @throws AppError "auth/missing", "auth/invalid-token", "auth/key-refused" or "auth/scope-missing". */
  authenticate(request: Request, contract: Endpoint): Promise<Caller>;
  receiveUpload: ReceiveUpload;
  onceOnly: OnceOnly;
  /** Aborts when the process is to stop: answers that are held back are then sent. */
  stopping: AbortSignal;
  limits: RateLimits;
};

const DEFAULT_BODY_BYTES = 100_000;
const MAX_DEPTH = 10;

/** @throws AppError "request/invalid" with one entry a fault, each path starting with `where`. */
const parse = <Schema extends z.ZodType>(
  schema: Schema | undefined,
  input: unknown,
  where: string,
): z.output<Schema> => {
  // A contract without this part: its handler's type has no such input either.
  if (schema === undefined) return undefined as z.output<Schema>;
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
          path: [where, ...issue.path, key].join("."),
          code: "unrecognized_key",
          message: "This field is not known here",
        }))
      : [{ path: [where, ...issue.path].join("."), code: issue.code ?? "custom", message: issue.message }],
  );
  const summary = errors.map((fault) => `${fault.path}: ${fault.message}`).join("; ");
  throw new AppError("request/invalid", { detail: summary, errors });
};

/** `?metadata[key]=value` as `{metadata: {key: value}}`; the query parser leaves such names as they are. */
const foldBrackets = (query: Request["query"]): Record<string, unknown> => {
  const folded = new Map<string, unknown>();
  for (const [name, value] of Object.entries(query)) {
    const [, outer, inner] = /^(\w+)\[([^[\]]+)\]$/.exec(name) ?? [];
    if (outer === undefined || inner === undefined) folded.set(name, value);
    else folded.set(outer, { ...(folded.get(outer) as object | undefined), [inner]: value });
  }
  return Object.fromEntries(folded);
};

const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null
    ? 1 + Object.values(value).reduce<number>((deepest, child) => Math.max(deepest, depthOf(child)), 0)
    : 0;

const readJson = (contract: Endpoint): RequestHandler =>
  express.json({ limit: contract.maxBodyBytes ?? DEFAULT_BODY_BYTES, strict: true });

/** Whether bytes came, of whatever type. */
const hasBody = ({ headers }: Request): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

const checkJson = (contract: Endpoint, request: Request): void => {
  if (contract.body === undefined) return;
  if (request.body === undefined && contract.isBodyOptional === true && !hasBody(request)) request.body = {};
  if (request.body === undefined) {
    const takes = contract.multipart === undefined ? "application/json" : "application/json or multipart/form-data";
    throw new AppError("request/unsupported-media-type", {
      detail: `Send the body as ${takes}, with that Content-Type.`,
    });
  }
  if (depthOf(request.body) > MAX_DEPTH) {
    throw new AppError("request/invalid", { detail: `The body is nested deeper than ${MAX_DEPTH} levels.` });
  }
};

const isMultipart = (contract: Endpoint, request: Request): boolean =>
  contract.multipart !== undefined && request.is("multipart/form-data") !== false;

type Received = { body: unknown; upload: { file: UploadedFile; fields: unknown } | null; discard(): Promise<void> };

type Exchange = { contract: Endpoint; request: Request; response: Response };

const receive = async ({ contract, request, response }: Exchange, options: MountOptions): Promise<Received> => {
  if (contract.multipart === undefined || !isMultipart(contract, request)) {
    checkJson(contract, request);
    return { body: parse(contract.body, request.body, "body"), upload: null, discard: async () => undefined };
  }
  const { file, fields, discard } = await options.receiveUpload(request, response, contract.multipart.file);
  try {
    return { body: undefined, upload: { file, fields: parse(contract.multipart.fields, fields, "body") }, discard };
  } catch (error) {
    await discard();
    throw error;
  }
};

const NOBODY = { user: null, sessionId: null };

const identify = async ({ contract, request }: Exchange, options: MountOptions): Promise<Caller | typeof NOBODY> => {
  if (contract.auth === "none") return NOBODY;
  try {
    return await options.authenticate(request, contract);
  } catch (error) {
    if (contract.auth === "optional" && error instanceof AppError && error.status < 500) return NOBODY;
    throw error;
  }
};

/** Runs the handler; its answer as data, so that it can be kept under an idempotency key. */
const perform =
  ({ contract, handler }: Route, response: Response, input: Record<string, unknown>): Perform =>
  async (requestToken) => {
    let status: number = contract.status;
    const headers: Record<string, string> = {};
    // The contract's schemas parsed every part.
    const result = await handler({
      ...input,
      requestToken,
      setHeader: (name: string, value: string) => {
        headers[name] = value;
        // At once, so that a problem carries it too.
        response.setHeader(name, value);
      },
      setStatus: (chosen: number) => {
        status = chosen;
      },
    } as unknown as Parameters<typeof handler>[0]);
    const body = contract.response === undefined ? null : JSON.stringify(contract.response.parse(result));
    return { status, headers, body };
  };

/** Past Express' own `send`, which would answer 304 by an ETag that only names the row's version. */
const send = (response: Response, { status, headers, body }: StoredAnswer): void => {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body !== null) response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.status(status).end(body ?? undefined);
};

const performOnce = async (
  { contract, request }: Exchange,
  { onceOnly }: MountOptions,
  run: { user: User | null; input: { params: unknown; body: unknown; upload: Received["upload"] }; perform: Perform },
): Promise<StoredAnswer & { isReplayed: boolean }> => {
  const { user, input } = run;
  const header = request.get("idempotency-key");
  if (user === null || header === undefined || !isIdempotent(contract)) return performAlways(run.perform);
  const key = parse(IdempotencyKeyHeader.unwrap(), header, "headers.idempotency-key");
  const { params, body, upload } = input;
  const once: IdempotentRequest = {
    request: { userId: user.id, route: `${contract.method.toUpperCase()} ${contract.path}`, key },
    content: { params, body: upload?.fields ?? body, filePath: upload?.file.path ?? null },
    lockMs: (contract.holdsUpToMs ?? 0) + MINUTE,
    logger: request.log,
  };
  return onceOnly(once, run.perform);
};

/** A streamed answer goes out as it is made, and is never kept: only routes that change nothing have one. */
const performStream = async (route: Route, exchange: Exchange, input: Record<string, unknown>): Promise<void> => {
  const setHeader = (name: string, value: string): void => void exchange.response.setHeader(name, value);
  // As in `perform`.
  const result = await route.handler({ ...input, setHeader } as unknown as Parameters<typeof route.handler>[0]);
  await sendStream(exchange, StreamedText.parse(result));
};

/** Aborts when the client goes away, and when the process is stopping. */
const watchClient = (response: Response, stopping: AbortSignal): { gone: AbortSignal; unwatch(): void } => {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  if (stopping.aborted) abort();
  stopping.addEventListener("abort", abort);
  response.once("close", abort);
  return { gone: controller.signal, unwatch: () => stopping.removeEventListener("abort", abort) };
};

const checkHeaders = ({ contract: { headers }, request }: Exchange): void => {
  if (headers === undefined) return;
  parse(headers, Object.fromEntries(Object.keys(headers.shape).map((name) => [name, request.get(name)])), "headers");
};

const readBody = async ({ contract, request, response }: Exchange): Promise<void> => {
  if (isMultipart(contract, request)) return;
  await new Promise<void>((resolve, reject) => {
    readJson(contract)(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
};

/** For answers that last. */
const isStillAllowed = async ({ contract, request }: Exchange, { authenticate }: MountOptions): Promise<boolean> => {
  try {
    await authenticate(request, contract);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.status === 401) return false;
    throw error;
  }
};

/** @throws AppError "request/rate-limited". */
const limitRate = async (exchange: Exchange, limits: RateLimits, userId: string | null): Promise<void> => {
  const { contract, request, response } = exchange;
  const addHeader = (name: string, value: string): void => void response.append(name, value);
  if (userId !== null) await limits.take("api", userId, addHeader);
  if (contract.limit !== undefined) {
    await limits.take(contract.limit, userId ?? networkOf(request.ip ?? ""), addHeader);
  }
};

const serve =
  (route: Route, options: MountOptions): RequestHandler =>
  async (request: Request, response: Response) => {
    const { contract } = route;
    const exchange = { contract, request, response };
    const caller = await identify(exchange, options);
    await limitRate(exchange, options.limits, caller.user?.id ?? null);
    const params = parse(contract.params, request.params, "params");
    const query = parse(contract.query, foldBrackets(request.query), "query");
    checkHeaders(exchange);
    await readBody(exchange);
    const { body, upload, discard } = await receive(exchange, options);
    const { gone, unwatch } = watchClient(response, options.stopping);
    try {
      // Only now: while an upload comes, the server's own idle timeout stays in force.
      if (contract.holdsUpToMs !== undefined) request.setTimeout(contract.holdsUpToMs + MINUTE);
      const header = (name: string): string | undefined => request.get(name);
      const client = { ip: request.ip ?? "", userAgent: request.headers["user-agent"] ?? null };
      const input = {
        ...{ ...caller, params, query, body, upload, client, header, gone, logger: request.log },
        isStillAllowed: () => isStillAllowed(exchange, options),
      };
      if (contract.streams !== undefined) {
        await performStream(route, exchange, input);
        return;
      }
      const answer = await performOnce(exchange, options, {
        user: caller.user,
        input,
        perform: perform(route, response, input),
      });
      if (answer.isReplayed) response.setHeader("Idempotent-Replayed", "true");
      send(response, answer);
    } finally {
      unwatch();
      await discard();
    }
  };

/** Registers each route, and answers 405 for the methods that a known path does not have. */
export const mount = (router: Router, routes: readonly Route[], options: MountOptions): void => {
  // Each held answer listens once.
  setMaxListeners(0, options.stopping);
  const methods = new Map<string, string[]>();
  for (const route of routes) {
    const path = route.contract.path.replaceAll(/\{(\w+)\}/g, ":$1");
    router[route.contract.method](path, serve(route, options));
    methods.set(path, [...(methods.get(path) ?? []), route.contract.method.toUpperCase()]);
  }
  for (const [path, allowed] of methods) {
    router.all(path, (request, response) => {
      response.setHeader("Allow", allowed.join(", "));
      throw new AppError("route/method-not-allowed", {
        detail: `${request.method} is not allowed on ${request.path}; ${allowed.join(", ")} is.`,
      });
    });
  }
};
