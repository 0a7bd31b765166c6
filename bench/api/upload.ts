import { statfsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { silentRecording } from "../../packages/testing/src/recordings.ts";
import type { Row } from "./report.ts";
import type { Effort } from "./requests.ts";
import type { World } from "./world.ts";

/** A megabyte short of the limit. */
const SIZE_BYTES = 2 * 1024 ** 3 - 1024 ** 2;
const WARM_UP_BYTES = 64 * 1024 ** 2;
const SAMPLE_EVERY_MS = 50;
const MB = 1024 ** 2;

const residentBytes = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
};

const send = async (url: string, headers: Record<string, string>, sizeBytes: number): Promise<void> => {
  const boundary = "phonoscene-bench";
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="audio"; filename="long.wav"\r\nContent-Type: audio/wav\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const outgoing = request(`${url}/v1/tasks`, {
    method: "POST",
    headers: {
      ...headers,
      "content-type": `multipart/form-data; boundary=${boundary}`,
      "content-length": head.length + sizeBytes + tail.length,
    },
  });
  const answered = new Promise<void>((resolve, reject) => {
    outgoing.once("error", reject);
    outgoing.once("response", (answer) => {
      answer.resume();
      if (answer.statusCode === 202) resolve();
      else reject(new Error(`POST /v1/tasks answered ${answer.statusCode}`));
    });
  });
  const parts = function* (): Generator<Buffer> {
    yield head;
    yield* silentRecording(sizeBytes);
    yield tail;
  };
  await Promise.all([pipeline(Readable.from(parts()), outgoing), answered]);
};

/** How much more memory the API holds, at the most, while it takes a recording of 2 GiB. Linux only: it reads /proc. */
export async function* uploadRow(world: World, { onRound }: Effort): AsyncGenerator<Row> {
  const name = "upload of 2 GiB, growth of memory";
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize < 2 * SIZE_BYTES) throw new Error(`The upload needs 4 GiB of room in ${tmpdir()}.`);
  onRound(name, 0, 1);
  // What a process grows by when it first takes a file, of whatever size, is not about this one.
  // A login is paid for before: the hash of a password takes 64 MB for a moment.
  const headers = await world.login();
  await send(world.api.url, headers, WARM_UP_BYTES);
  const before = await residentBytes(world.api.pid);
  let highest = before;
  const samples = setInterval(() => {
    void residentBytes(world.api.pid).then((bytes) => {
      highest = Math.max(highest, bytes);
    });
  }, SAMPLE_EVERY_MS);
  try {
    await send(world.api.url, headers, SIZE_BYTES);
  } finally {
    clearInterval(samples);
  }
  await world.clean();
  yield { name, unit: "MB", ours: (highest - before) / MB, other: null, against: "", target: { atMost: 64 } };
}
