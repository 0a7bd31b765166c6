import { createServer } from "node:http";

/** `GET /healthz` for orchestrators: 200 while `check` resolves, else 503. */
export const startHealthServer = (port: number, check: () => Promise<void>): Promise<{ close(): Promise<void> }> =>
  new Promise((resolve, reject) => {
    const server = createServer((_request, response) => {
      check().then(
        () => response.writeHead(200, { "content-type": "application/json" }).end('{"status":"ok"}'),
        (error: unknown) =>
          response
            .writeHead(503, { "content-type": "application/json" })
            .end(JSON.stringify({ status: "unavailable", detail: error instanceof Error ? error.message : "unknown" })),
      );
    });
    server.once("error", reject);
    server.listen(port, () =>
      resolve({
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      }),
    );
  });
