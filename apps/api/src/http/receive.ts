import type { Endpoint } from "@phonoscene/contracts";
import { AppError } from "@phonoscene/kernel";
import express, { type Request, type RequestHandler, type Response } from "express";
import type { z } from "zod";

import type { UploadedFile } from "./endpoint.ts";
import type { ReceiveUpload } from "./upload.ts";

const DEFAULT_BODY_BYTES = 100_000;
const MAX_DEPTH = 10;

/** @throws AppError "request/invalid" with one entry a fault, each path starting with `where`. */
export const parse = <Schema extends z.ZodType>(
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
export const foldBrackets = (query: Request["query"]): Record<string, unknown> => {
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

const createReader = ({ maxBodyBytes = DEFAULT_BODY_BYTES }: Endpoint): RequestHandler =>
  express.json({ limit: maxBodyBytes, strict: true });

/** One reader a contract, made at its first request. */
const readers = new WeakMap<Endpoint, RequestHandler>();

const readJson = (contract: Endpoint): RequestHandler => {
  const reader = readers.get(contract) ?? createReader(contract);
  readers.set(contract, reader);
  return reader;
};

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

export type Received = {
  body: unknown;
  upload: { file: UploadedFile; fields: unknown } | null;
  discard(): Promise<void>;
};

export type Exchange = { contract: Endpoint; request: Request; response: Response };

export const receive = async (
  { contract, request, response }: Exchange,
  options: { receiveUpload: ReceiveUpload },
): Promise<Received> => {
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

export const checkHeaders = ({ contract: { headers }, request }: Exchange): void => {
  if (headers === undefined) return;
  parse(headers, Object.fromEntries(Object.keys(headers.shape).map((name) => [name, request.get(name)])), "headers");
};

export const readBody = async ({ contract, request, response }: Exchange): Promise<void> => {
  if (isMultipart(contract, request)) return;
  await new Promise<void>((resolve, reject) => {
    readJson(contract)(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
};
