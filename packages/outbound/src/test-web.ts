import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** A web server on a loopback address that counts what it is asked. */
export type TestWeb = { port: number; requests: string[]; close(): Promise<void> };

export const startWeb = async (answer: RequestListener, address = "127.0.0.1"): Promise<TestWeb> => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ""} ${request.headers.host ?? ""}${request.url ?? ""}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, address, resolve);
  });
  return {
    // A server that listens on an address has one of this shape.
    port: (server.address() as AddressInfo).port,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
};
