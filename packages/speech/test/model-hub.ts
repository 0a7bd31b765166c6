import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { HubModel } from "../src/models/fetch-model.ts";
import { tinyWhisper } from "./tiny-whisper.ts";

/** The tiny Whisper as the registry would have it. */
export const tinyModel = (id: string): HubModel => ({
  id,
  engine: "whisper",
  languages: ["en", "uk", "ru"],
  licence: "MIT",
  source: { kind: "hub", repository: `tests/${id}`, revision: "abc" },
  files: [...tinyWhisper()].map(([path, content]) => ({
    path,
    sizeBytes: content.length,
    sha256: createHash("sha256").update(content).digest("hex"),
  })),
});

/** A model hub on this machine with the tiny Whisper. */
export const startModelHub = async () => {
  const asked: string[] = [];
  const altered = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    asked.push(url);
    const path = url.split("/resolve/abc/")[1] ?? "";
    const content = altered.get(path) ?? tinyWhisper().get(path);
    if (content === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-length": content.length }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on a port has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    /** Paths that were asked for, in order. */
    asked,
    /** Answers with something else than what was published. */
    alter: (path: string, content: Buffer): void => void altered.set(path, content),
    close: (): Promise<void> =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
