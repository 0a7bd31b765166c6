import { isUtf8 } from "node:buffer";

import type { Endpoint } from "@phonoscene/contracts";
import { AppError } from "@phonoscene/kernel";
import express, { type Request, type RequestHandler, type Response } from "express";
import type { z } from "zod";

import type { UploadedFile } from "./endpoint.ts";
import { checkShape } from "./shape.ts";
import type { ReceiveUpload } from "./upload.ts";

const DEFAULT_BODY_BYTES = 100_000;

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

/**
 * `?metadata[key]=value` as `{metadata: {key: value}}`; the query parser leaves such names as they are.
 * A name that comes plain as well keeps its plain value, for the schema to refuse.
 * @throws AppError "request/invalid" for a name that no object may have.
 */
export const foldBrackets = (query: Request["query"]): Record<string, unknown> => {
  const plain: [string, unknown][] = [];
  const folded = new Map<string, [string, unknown][]>();
  for (const [name, value] of Object.entries(query)) {
    const [, outer, inner] = /^(\w+)\[([^[\]]+)\]$/.exec(name) ?? [];
    if (outer === undefined || inner === undefined) plain.push([name, value]);
    else folded.set(outer, [...(folded.get(outer) ?? []), [inner, value]]);
  }
  const objects = [...folded].map(([outer, entries]) => [outer, Object.fromEntries(entries)] as const);
  const whole = Object.fromEntries<unknown>([...objects, ...plain]);
  checkShape(whole, "query");
  return whole;
};

/** Thrown errors with a status become problems of that status. */
const requireUtf8 = (bytes: Buffer, encoding: string): void => {
  if (encoding !== "utf-8" || isUtf8(bytes)) return;
  throw Object.assign(new Error("the body is not valid UTF-8"), { status: 400 });
};

const createReader = ({ maxBodyBytes = DEFAULT_BODY_BYTES }: Endpoint): RequestHandler =>
  express.json({
    limit: maxBodyBytes,
    strict: true,
    // oxlint-disable-next-line max-params -- body-parser gives four.
    verify: (_request, _response, bytes, encoding) => requireUtf8(bytes, encoding),
  });

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
  if (contract.body === undefined && contract.multipart === undefined) return;
  if (request.body === undefined && contract.isBodyOptional === true && !hasBody(request)) request.body = {};
  if (request.body === undefined || contract.body === undefined) {
    const types = { "application/json": contract.body, "multipart/form-data": contract.multipart };
    const takes = Object.entries(types)
      .flatMap(([type, part]) => (part === undefined ? [] : [type]))
      .join(" or ");
    throw new AppError("request/unsupported-media-type", {
      detail: `Send the body as ${takes}, with that Content-Type.`,
    });
  }
  checkShape(request.body, "body");
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
    checkShape(fields, "body");
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
  // What a route does not take is not read, so it cannot be at fault either.
  if (contract.body === undefined || isMultipart(contract, request)) return;
  await new Promise<void>((resolve, reject) => {
    readJson(contract)(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
};
