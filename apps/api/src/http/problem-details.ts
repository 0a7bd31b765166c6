import { type Problem, PROBLEMS } from "@phonoscene/contracts";
import { isDatabaseUnavailable } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";
import type { ErrorRequestHandler, RequestHandler } from "express";

/** What body-parser and Express throw carries a status and sometimes a type. */
const isHttpError = (error: unknown): error is Error & { status: number; type?: string } =>
  error instanceof Error && "status" in error && typeof error.status === "number";

const toAppError = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  if (isDatabaseUnavailable(error)) {
    const detail = "The database does not answer right now; try again in a moment.";
    return new AppError("service/unavailable", { detail, retryAfterMs: 2000 }, { cause: error });
  }
  if (isHttpError(error) && error.status === 413) {
    return new AppError("request/too-large", { detail: "The body is larger than this route takes." }, { cause: error });
  }
  if (isHttpError(error) && error.status === 415) {
    return new AppError("request/unsupported-media-type", { detail: error.message }, { cause: error });
  }
  if (isHttpError(error) && error.status >= 400 && error.status < 500) {
    return new AppError(
      "request/malformed",
      { detail: `The request could not be parsed: ${error.message}` },
      { cause: error },
    );
  }
  return new AppError(
    "service/internal",
    { detail: "Something went wrong on our side; the request id finds it in the log." },
    { cause: error },
  );
};

/** What a request held may be quoted in its problem; a NUL in it is written out, for no text of ours has one. */
const withoutNul = (text: string): string => text.replaceAll("\0", String.raw`\u0000`);

const toProblem = (error: AppError, requestId: string): Problem => ({
  type: `/docs/errors#${error.code}`,
  title: PROBLEMS[error.code].title,
  status: error.status,
  detail: withoutNul(error.message),
  code: error.code,
  requestId,
  ...(error.errors !== undefined && {
    errors: error.errors.map((fault) => ({
      ...fault,
      path: withoutNul(fault.path),
      message: withoutNul(fault.message),
    })),
  }),
  ...(error.current !== undefined && { current: error.current }),
});

export const routeNotFound: RequestHandler = (request) => {
  throw new AppError("route/not-found", {
    detail: `There is no ${request.method} ${request.path}; /docs lists what there is.`,
  });
};

// `requestLog` made it, as a string.
const requestIdOf = (request: { id: unknown }): string => request.id as string;

/** The one place where an error becomes an answer: RFC 9457. */
// oxlint-disable-next-line max-params -- Express tells an error handler by its four parameters.
export const renderProblem: ErrorRequestHandler = (error: unknown, request, response, next) => {
  const appError = toAppError(error);
  if (appError.status >= 500) request.log.error({ err: error }, "request failed");
  if (response.headersSent) {
    next(error);
    return;
  }
  if (appError.status === 401) response.setHeader("WWW-Authenticate", 'Bearer realm="phonoscene"');
  if (appError.retryAfterMs !== undefined) response.setHeader("Retry-After", Math.ceil(appError.retryAfterMs / 1000));
  response
    .status(appError.status)
    .type("application/problem+json")
    .send(JSON.stringify(toProblem(appError, requestIdOf(request))));
};
