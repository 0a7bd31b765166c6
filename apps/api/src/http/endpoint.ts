import type { Endpoint } from "@phonoscene/contracts";
import type { User } from "@phonoscene/db";
import type { Logger } from "@phonoscene/kernel";
import type { z } from "zod";

/** A received file, on disk, outside the store until a handler adopts it. */
export type UploadedFile = { path: string; filename: string; sizeBytes: number };

export type HandlerInput<E extends Endpoint> = {
  params: z.output<NonNullable<E["params"]>>;
  query: z.output<NonNullable<E["query"]>>;
  body: z.output<NonNullable<E["body"]>>;
  /** Set instead of `body` where the request was multipart. */
  upload: { file: UploadedFile; fields: z.output<NonNullable<E["multipart"]>["fields"]> } | null;
  setHeader(name: string, value: string): void;
  logger: Logger;
  /** Aborts when the connection closes. */
  signal: AbortSignal;
  /** Whether the caller would be let in again now: false once logged out or the token is over. */
  isStillAllowed(): Promise<boolean>;
  lastEventId: string | undefined;
} & (E["auth"] extends "bearer" ? { user: User } : { user: User | null });

export type Handler<E extends Endpoint> = (input: HandlerInput<E>) => Promise<z.input<NonNullable<E["response"]>>>;

/** A contract with the function that fulfils it. */
export type Route = { contract: Endpoint; handler: Handler<Endpoint> };

/** Ties one function to its contract; what comes in and goes out is checked against it. */
export const endpoint = <E extends Endpoint>(contract: E, handler: Handler<E>): Route => ({
  contract,
  handler,
});
