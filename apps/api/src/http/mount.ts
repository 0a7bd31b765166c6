import { type Endpoint, StreamedText } from "@phonoscene/contracts";
import type { User } from "@phonoscene/db";
import { AppError, type Logger } from "@phonoscene/kernel";
import express, { type Request, type RequestHandler, type Response, type Router } from "express";
import type { z } from "zod";

import type { Route, UploadedFile } from "./endpoint.ts";
import { sendStream } from "./send-stream.ts";
import type { ReceiveUpload } from "./upload.ts";

export type MountOptions = {
  /** @throws AppError "auth/missing" or "auth/invalid-token". */
  authenticate(request: Request): Promise<User>;
  receiveUpload: ReceiveUpload;
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
  typeof value === "object" && value !== null
    ? 1 + Object.values(value).reduce<number>((deepest, child) => Math.max(deepest, depthOf(child)), 0)
    : 0;

const readJson = (contract: Endpoint): RequestHandler =>
  express.json({ limit: contract.maxBodyBytes ?? DEFAULT_BODY_BYTES, strict: true });

const checkJson = (contract: Endpoint, request: Request): void => {
  if (contract.body === undefined) return;
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

/** What a handler whose answer lasts needs to know of its connection. */
const connectionOf = ({ request, response }: Exchange, { authenticate }: MountOptions) => {
  const closed = new AbortController();
  response.once("close", () => closed.abort());
  const isStillAllowed = async (): Promise<boolean> => {
    try {
      await authenticate(request);
      return true;
    } catch (error) {
      if (error instanceof AppError && error.status === 401) return false;
      throw error;
    }
  };
  return { signal: closed.signal, isStillAllowed, lastEventId: request.get("last-event-id")?.slice(0, 200) };
};

const serve =
  ({ contract, handler }: Route, options: MountOptions): RequestHandler =>
  async (request: Request, response: Response) => {
    const user = contract.auth === "bearer" ? await options.authenticate(request) : null;
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
      const connection = connectionOf({ contract, request, response }, options);
      const parts = { params, query, body, upload, user, setHeader, logger };
      const input = { ...parts, ...connection } as Parameters<typeof handler>[0];
      const result = await handler(input);
      if (contract.response === undefined) response.status(contract.status).end();
      else if (contract.streams === undefined) response.status(contract.status).json(contract.response.parse(result));
      else await sendStream({ contract, request, response }, StreamedText.parse(result));
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
