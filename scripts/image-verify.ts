// `pnpm image:verify`: builds both images from their Dockerfiles with Debian's buildah, runs them against a PostgreSQL
// and a Redis, sends a text and a recording through, and says how large they are. Needs root, and no Docker.
import { chown, mkdir, mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { BASE_IMAGE, ensureBaseImage } from "./images/base-image.ts";
import { type Buildah, type ImageConfig, openBuildah } from "./images/buildah.ts";
import { findConfigFaults, findUnwanted, findWrites, sizeOf } from "./images/contents.ts";
import { makeJourney } from "./images/journey.ts";
import { Failure, isInstalled } from "./images/programs.ts";
import { runMigration, type Service, startService } from "./images/services.ts";
import { startStores } from "./images/stores.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const sample = {
  text: path.join(root, "samples/the-lamp-keeper.txt"),
  audio: path.join(root, "samples/the-lamp-keeper.mp3"),
};
const NODE_UID = 1000;
const MAX_BYTES_OVER_BASE = { api: 350e6, worker: 700e6 };

type Name = keyof typeof MAX_BYTES_OVER_BASE;
type Image = { name: Name; container: string; rootDir: string; config: ImageConfig };
/** What has to be undone, the last first. */
type Undo = (() => Promise<unknown>)[];

const seconds = (sinceMs: number): string => `${((Date.now() - sinceMs) / 1000).toFixed(0)} s`;
const megabytes = (sizeBytes: number): string => `${(sizeBytes / 1e6).toFixed(0)} MB`;
const host = { platform: "linux", arch: process.arch, libc: "glibc" } as const;

const checkMachine = async (): Promise<void> => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new Failure("The images are built and run as root, on Linux: sudo npx --yes pnpm image:verify");
  }
  if (!(await isInstalled("buildah"))) {
    throw new Failure("buildah builds and runs the images, and is not here: apt-get install --yes buildah debootstrap");
  }
};

const buildImage = async (buildah: Buildah, name: Name, undo: Undo): Promise<Image> => {
  const startedMs = Date.now();
  const tag = `localhost/phonoscene-${name}-verify:${process.pid}`;
  await buildah.build(`Dockerfile.${name}`, tag, root);
  undo.push(() => buildah.run("rmi", "--force", tag));
  const container = `phonoscene-${name}-${process.pid}`;
  const rootDir = await buildah.create(tag, container);
  undo.push(() => buildah.run("rm", container));
  console.log(`${name}: built in ${seconds(startedMs)}`);
  return { name, container, rootDir, config: await buildah.config(tag) };
};

const inspect = async ({ name, rootDir, config }: Image, baseBytes: number): Promise<void> => {
  const sizeBytes = await sizeOf(rootDir);
  const overBaseBytes = sizeBytes - baseBytes;
  const limitBytes = MAX_BYTES_OVER_BASE[name];
  console.log(
    `${name}: ${megabytes(sizeBytes)}, ${megabytes(overBaseBytes)} over the base, ${megabytes(limitBytes)} allowed`,
  );
  const faults = [...findConfigFaults(config), ...(await findUnwanted(rootDir, host))];
  if (overBaseBytes > limitBytes) faults.push("it is larger than allowed");
  if (faults.length > 0) throw new Failure(`The ${name} image has faults:\n  ${faults.slice(0, 20).join("\n  ")}`);
};

const stop = async ({ name, running }: Service): Promise<void> => {
  const startedMs = Date.now();
  const code = await running.stop();
  if (code !== 0) throw new Failure(`After SIGTERM the ${name} ended with exit code ${code}:\n${running.output()}`);
  console.log(`${name}: ended by itself ${seconds(startedMs)} after SIGTERM`);
};

const checkReadiness = async (url: string): Promise<void> => {
  const response = await fetch(`${url}/readyz`);
  console.log(`api: GET /readyz answered ${response.status} ${await response.text()}`);
  if (!response.ok) throw new Failure("The API is not ready.");
};

const exercise = async (
  buildah: Buildah,
  images: { api: Image; worker: Image },
  setup: { cacheDir: string; undo: Undo },
) => {
  const stores = await startStores(setup.cacheDir);
  setup.undo.push(() => stores.stop());
  const dataDir = await mkdtemp(path.join(tmpdir(), "phonoscene-data-"));
  setup.undo.push(() => rm(dataDir, { recursive: true, force: true }));
  await chown(dataDir, NODE_UID, NODE_UID);
  const starter = { buildah, stores, dataDir };
  const startedMs = Date.now();
  await runMigration(starter, images.api.container);
  console.log("migrate: done");
  const api = await startService(starter, images.api);
  setup.undo.push(() => api.running.kill());
  const worker = await startService(starter, images.worker);
  setup.undo.push(() => worker.running.kill());
  console.log(`healthy: api and worker, by their own HEALTHCHECK, ${seconds(startedMs)} after the migration began`);
  const url = `http://127.0.0.1:${api.port}`;
  await checkReadiness(url);
  for (const line of await makeJourney(url, sample)) console.log(line);
  await Promise.all([stop(api), stop(worker)]);
  for (const { name, rootDir } of [images.api, images.worker]) {
    const written = await findWrites(rootDir, startedMs);
    if (written.length > 0)
      throw new Failure(`The ${name} wrote outside /data and /tmp: ${written.slice(0, 20).join(", ")}`);
  }
};

const verify = async (undo: Undo): Promise<void> => {
  await checkMachine();
  const startedMs = Date.now();
  const cacheDir = path.join(homedir(), ".cache", "phonoscene", "images");
  await mkdir(cacheDir, { recursive: true });
  const buildah = openBuildah(cacheDir);
  await ensureBaseImage(buildah, cacheDir);
  const base = `phonoscene-base-${process.pid}`;
  const baseBytes = await sizeOf(await buildah.create(BASE_IMAGE, base));
  await buildah.run("rm", base);
  console.log(`base: ${megabytes(baseBytes)}, stands in for ${BASE_IMAGE} (${seconds(startedMs)})`);
  const api = await buildImage(buildah, "api", undo);
  await inspect(api, baseBytes);
  const worker = await buildImage(buildah, "worker", undo);
  await inspect(worker, baseBytes);
  await exercise(buildah, { api, worker }, { cacheDir, undo });
  console.log(`Both images work (${seconds(startedMs)}).`);
};

const undo: Undo = [];

const cleanUp = async (): Promise<void> => {
  for (const step of undo.splice(0).toReversed()) {
    await step().catch((error: unknown) => {
      console.error("Cleaning up:", error);
      process.exitCode = 1;
    });
  }
};

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
}

try {
  await verify(undo);
} catch (error) {
  console.error(error instanceof Failure ? error.message : error);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
