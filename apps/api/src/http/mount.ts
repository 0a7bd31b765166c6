import type { Endpoint } from "@phonoscene/contracts";
import { AppError, type Logger } from "@phonoscene/kernel";
import express, { type Request, type RequestHandler, type Response, type Router } from "express";
import type { z } from "zod";

import type { Caller, Route, UploadedFile } from "./endpoint.ts";
import { networkOf, type RateLimits } from "./rate-limits.ts";
import type { ReceiveUpload } from "./upload.ts";

export type MountOptions = {
  /** @throws AppError "auth/missing", "auth/invalid-token", "auth/key-refused" or "auth/scope-missing". */
  authenticate(request: Request, contract: Endpoint): Promise<Caller>;
  receiveUpload: ReceiveUpload;
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

const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

const readJson = (contract: Endpoint): RequestHandler =>
  express.json({ limit: contract.maxBodyBytes ?? DEFAULT_BODY_BYTES, strict: true });

const hasBody = ({ headers }: Request): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

const checkJson = (contract: Endpoint, request: Request): void => {
  if (contract.body === undefined) return;
  if (request.body === undefined) {
    if (!hasBody(request) && contract.body.safeParse(undefined).success) return;
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
  ({ contract, handler }: Route, options: MountOptions): RequestHandler =>
  async (request: Request, response: Response) => {
    const caller = await identify({ contract, request, response }, options);
    await limitRate({ contract, request, response }, options.limits, caller.user?.id ?? null);
    const params = parse(contract.params, request.params, "params");
    const query = parse(contract.query, request.query, "query");
    if (!isMultipart(contract, request)) {
      await new Promise<void>((resolve, reject) => {
        readJson(contract)(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
      });
    }
    const { body, upload, discard } = await receive({ contract, request, response }, options);
    try {
      const setHeader = (name: string, value: string): void => void response.setHeader(name, value);
      const logger: Logger = request.log;
      // The contract's schemas parsed every part just now.
      const client = { ip: request.ip ?? "", userAgent: request.headers["user-agent"] ?? null };
      const input = { ...caller, params, query, body, upload, client, setHeader, logger } as Parameters<
        typeof handler
      >[0];
      const result = await handler(input);
      if (contract.response === undefined) response.status(contract.status).end();
      else response.status(contract.status).json(contract.response.parse(result));
    } finally {
      await discard();
    }
  };

/** Registers each route, and answers 405 for the methods that a known path does not have. */
export const mount = (router: Router, routes: readonly Route[], options: MountOptions): void => {
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
