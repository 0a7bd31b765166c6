import { type Logger, newId } from "@phonoscene/kernel";
import { pinoHttp } from "pino-http";

const SAFE_REQUEST_ID = /^[A-Za-z0-9._-]{1,100}$/;

/** Binds a request id to each request (the caller's, if it is a sane one) and logs one line an answer, without bodies. */
export const requestLog = (logger: Logger) =>
  pinoHttp({
    logger,
    genReqId: (request, response) => {
      const given = request.headers["x-request-id"];
      const id = typeof given === "string" && SAFE_REQUEST_ID.test(given) ? given : newId();
      response.setHeader("X-Request-Id", id);
      return id;
    },
    customLogLevel: (_request, response, error) =>
      error !== undefined || response.statusCode >= 500 ? "error" : "info",
    serializers: {
      req: (request: { id: string; method: string; url: string }) => ({
        id: request.id,
        method: request.method,
        path: request.url.split("?")[0],
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
    },
  });
