import { useTempDirs } from "@phonoscene/testing";
import pg from "pg";
import { expect, it } from "vitest";

import { isRunning } from "../processes.ts";
import { prepareCluster } from "./cluster.ts";
import { connectionUrl, stopPostmaster } from "./postmaster.ts";
import { launch } from "./supervisor.ts";

const newDir = useTempDirs();

it("a shutdown that a stuck session holds up is followed by an immediate one", async () => {
  const cluster = await prepareCluster({ dataDir: await newDir(), ephemeral: true });
  const postmaster = await launch(cluster, { port: null, onLog: () => undefined });
  const client = new pg.Client({ connectionString: connectionUrl(cluster, postmaster.port, "postgres") });
  const lost = new Promise((resolve) => client.on("error", resolve));
  await client.connect();
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  process.kill(rows[0]?.pid ?? 0, "SIGSTOP");
  await stopPostmaster(cluster, postmaster, 200);
  expect(await isRunning(postmaster.pid)).toBe(false);
  expect(await lost).toBeInstanceOf(Error);
});
