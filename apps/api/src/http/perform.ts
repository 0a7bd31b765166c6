import { IdempotencyKeyHeader, isIdempotent, StreamedText } from "@phonoscene/contracts";
import type { StoredAnswer, User } from "@phonoscene/db";
import { MINUTE } from "@phonoscene/kernel";
import type { Response } from "express";

import type { Route } from "./endpoint.ts";
import { type IdempotentRequest, type OnceOnly, type Perform, performAlways } from "./idempotency.ts";
import { type Exchange, parse, type Received } from "./receive.ts";
import { sendStream } from "./send-stream.ts";

/** Runs the handler; its answer as data, so that it can be kept under an idempotency key. */
export const perform =
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
export const send = (response: Response, { status, headers, body }: StoredAnswer): void => {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body !== null) response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.status(status).end(body ?? undefined);
};

export const performOnce = async (
  { contract, request }: Exchange,
  { onceOnly }: { onceOnly: OnceOnly },
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
export const performStream = async (
  route: Route,
  exchange: Exchange,
  input: Record<string, unknown>,
): Promise<void> => {
  const setHeader = (name: string, value: string): void => void exchange.response.setHeader(name, value);
  // As in `perform`.
  const result = await route.handler({ ...input, setHeader } as unknown as Parameters<typeof route.handler>[0]);
  await sendStream(exchange, StreamedText.parse(result));
};
