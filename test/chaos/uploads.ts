import { once } from "node:events";
import { readdir, readFile, readlink } from "node:fs/promises";
import { type ClientRequest, request } from "node:http";

import { silentRecording } from "../../packages/testing/src/recordings.ts";

/** How an upload breaks off: the connection is reset, or closed as if all had been said. */
export type BreakOff = { atFraction: number; by: "reset" | "close" };

export type Upload = {
  port: number;
  path: "/v1/tasks" | "/v1/audio";
  token: string;
  sizeBytes: number;
  breakOff?: BreakOff;
};

export type UploadAnswer = { status: number; code: string | null; id: string | null };

const BOUNDARY = "phonoscene-chaos";
const HEAD = Buffer.from(
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="audio"; filename="long.wav"\r\nContent-Type: audio/wav\r\n\r\n`,
);
const TAIL = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);

/** A form with a recording of silence, made as it is sent. */
function* formOf(sizeBytes: number): Generator<Buffer> {
  yield HEAD;
  yield* silentRecording(sizeBytes);
  yield TAIL;
}

const open = ({ port, path, token, sizeBytes }: Upload): ClientRequest =>
  request({
    port,
    host: "127.0.0.1",
    path,
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
      "content-length": HEAD.length + sizeBytes + TAIL.length,
    },
  });

/** Sends the pieces no faster than they are taken; resolves early where the connection closes. */
const sendUntil = async (outgoing: ClientRequest, sizeBytes: number, stopAtBytes: number): Promise<void> => {
  let sent = 0;
  for (const piece of formOf(sizeBytes)) {
    if (outgoing.destroyed) return;
    const part = piece.subarray(0, Math.max(0, stopAtBytes - sent));
    sent += part.length;
    if (part.length > 0 && !outgoing.write(part)) {
      const closed = new AbortController();
      const settled = Promise.race([
        once(outgoing, "drain", { signal: closed.signal }),
        once(outgoing, "close", { signal: closed.signal }),
      ]);
      // A connection that breaks is told by `answerTo`.
      await settled.catch(() => undefined);
      closed.abort();
    }
    if (sent >= stopAtBytes) return;
  }
};

/** Null where the connection broke before an answer came. */
const answerTo = (outgoing: ClientRequest): Promise<UploadAnswer | null> =>
  new Promise((resolve) => {
    outgoing.once("error", () => resolve(null));
    outgoing.once("close", () => resolve(null));
    outgoing.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.once("error", () => resolve(null));
      response.once("end", () => {
        // The API answers with JSON, or a test says what came instead.
        const body = JSON.parse(text === "" ? "{}" : text) as { code?: string; id?: string };
        resolve({ status: response.statusCode ?? 0, code: body.code ?? null, id: body.id ?? null });
      });
    });
  });

/** Uploads a recording, whole or in part. Resolves to null where no answer came. */
export const sendUpload = async (upload: Upload): Promise<UploadAnswer | null> => {
  const { sizeBytes, breakOff } = upload;
  const outgoing = open(upload);
  const answered = answerTo(outgoing);
  const formBytes = HEAD.length + sizeBytes + TAIL.length;
  if (breakOff === undefined) {
    await sendUntil(outgoing, sizeBytes, Number.POSITIVE_INFINITY);
    outgoing.end();
    return answered;
  }
  outgoing.flushHeaders();
  await sendUntil(outgoing, sizeBytes, Math.floor(formBytes * breakOff.atFraction));
  // At the start there may be no connection yet.
  if (outgoing.socket === null) await once(outgoing, "socket");
  if (outgoing.socket?.connecting === true) await once(outgoing.socket, "connect");
  if (breakOff.by === "reset") outgoing.socket?.resetAndDestroy();
  else outgoing.destroy();
  return answered;
};

/** Memory that a process holds. Linux only, as the next. */
export const residentBytes = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
};

/** What a process has open: how many descriptors, and which of them are files under `dir`. */
export const openDescriptors = async (pid: number, dir: string): Promise<{ count: number; files: string[] }> => {
  const dirOfDescriptors = `/proc/${pid}/fd`;
  const names = await readdir(dirOfDescriptors);
  // One that was closed since the listing has no target.
  const targets = await Promise.all(names.map((name) => readlink(`${dirOfDescriptors}/${name}`).catch(() => "")));
  return { count: names.length, files: targets.filter((target) => target.startsWith(dir)) };
};
