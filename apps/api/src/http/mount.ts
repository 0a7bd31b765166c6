import { setMaxListeners } from "node:events";

import type { Endpoint } from "@phonoscene/contracts";
import { AppError, MINUTE } from "@phonoscene/kernel";
import type { Request, RequestHandler, Response, Router } from "express";

import type { Caller, Route } from "./endpoint.ts";
import type { OnceOnly } from "./idempotency.ts";
import { perform, performOnce, performStream, send } from "./perform.ts";
import { networkOf, type RateLimits } from "./rate-limits.ts";
import { checkHeaders, type Exchange, foldBrackets, parse, readBody, receive } from "./receive.ts";
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

/** @throws AppError "route/not-found" for whoever may not know of the route. */
const hideFromOthers = ({ contract, request }: Exchange, user: Caller["user"] | null): void => {
  if (contract.role === undefined || user?.role === contract.role) return;
  throw new AppError("route/not-found", { detail: `There is nothing at ${request.path}.` });
};

/** Aborts when the client goes away, and when the process is stopping. */
const watchClient = (response: Response, stopping: AbortSignal): { gone: AbortSignal; unwatch(): void } => {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  if (stopping.aborted) abort();
  stopping.addEventListener("abort", abort);
  response.once("close", abort);
  const unwatch = (): void => {
    stopping.removeEventListener("abort", abort);
    // An answer that was sent closes too: aborting then would make an error, with its stack, that nobody looks at.
    response.off("close", abort);
  };
  return { gone: controller.signal, unwatch };
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
    hideFromOthers(exchange, caller.user);
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
      const may = () => isStillAllowed(exchange, options);
      const asked = { params, query, body, upload, client, header, logger: request.log };
      const input = { ...caller, ...asked, gone, isStillAllowed: may };
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
