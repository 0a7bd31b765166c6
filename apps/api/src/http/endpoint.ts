import type { Endpoint } from "@phonoscene/contracts";
import type { User } from "@phonoscene/db";
import type { Logger } from "@phonoscene/kernel";
import type { z } from "zod";

/** Who asks, as the bearer token tells; an API key belongs to no session. */
export type Caller = { user: User; sessionId: string | null };

/** What the connection tells about a client; claims, not proofs. */
export type Client = { ip: string; userAgent: string | null };

/** A received file, on disk, outside the store until a handler adopts it. */
export type UploadedFile = { path: string; filename: string; sizeBytes: number };

export type HandlerInput<E extends Endpoint> = {
  params: z.output<NonNullable<E["params"]>>;
  query: z.output<NonNullable<E["query"]>>;
  body: z.output<NonNullable<E["body"]>>;
  /** Set instead of `body` where the request was multipart. */
  upload: { file: UploadedFile; fields: z.output<NonNullable<E["multipart"]>["fields"]> } | null;
  /** A header of the request, by its lower-case name. */
  header(name: string): string | undefined;
  setHeader(name: string, value: string): void;
  /** Chooses one of the contract's other statuses. */
  setStatus(status: NonNullable<E["otherStatuses"]>[number]): void;
  /** Aborts when the client goes away or the process is stopping: whoever holds an answer back then stops. */
  gone: AbortSignal;
  /** Names this request, or the first one with the same idempotency key: an id for what it makes. */
  requestToken: string;
  logger: Logger;
  /** Whether the caller would be let in again now: false once logged out or the token is over. */
  isStillAllowed(): Promise<boolean>;
  client: Client;
} & (E["auth"] extends "bearer" ? Caller : Caller | { user: null; sessionId: null });

export type Handler<E extends Endpoint> = (input: HandlerInput<E>) => Promise<z.input<NonNullable<E["response"]>>>;

/** A contract with the function that fulfils it. */
export type Route = { contract: Endpoint; handler: Handler<Endpoint> };

/** Ties one function to its contract; what comes in and goes out is checked against it. */
export const endpoint = <E extends Endpoint>(contract: E, handler: Handler<E>): Route => ({
  contract,
  handler,
});
