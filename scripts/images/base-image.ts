import { chmod, copyFile, cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";

import type { Buildah } from "./buildah.ts";
import { Failure, isInstalled, run } from "./programs.ts";

/** The image that the Dockerfiles name; what is made here only stands in for it, and never leaves this machine. */
export const BASE_IMAGE = "docker.io/library/node:24-bookworm-slim";

const NODE_RANGE = "24";
const NPM_RANGE = "11";
const PATH_IN_IMAGE = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const unpack = async (spec: string, dir: string): Promise<string> => {
  await mkdir(dir);
  const [packed] = JSON.parse(await run("npm", ["pack", "--json", "--silent", spec], dir)) as { filename: string }[];
  if (packed === undefined) throw new Failure(`npm has no package ${spec}.`);
  await run("tar", ["--extract", "--file", path.join(dir, packed.filename), "--directory", dir]);
  return path.join(dir, "package");
};

/** Where a package comes from, and whom to trust for it, is this machine's business: the build inherits it. */
const inheritNpmSettings = async (rootDir: string): Promise<void> => {
  const registry = (await run("npm", ["config", "get", "registry"])).trim();
  const cafile = (await run("npm", ["config", "get", "cafile"])).trim();
  const lines = [`registry=${registry}`];
  if (cafile !== "" && cafile !== "null") {
    await mkdir(path.join(rootDir, "etc/ssl/certs"), { recursive: true });
    await copyFile(cafile, path.join(rootDir, "etc/ssl/certs/ca-certificates.crt"));
    lines.push("cafile=/etc/ssl/certs/ca-certificates.crt");
  }
  await mkdir(path.join(rootDir, "usr/local/etc"), { recursive: true });
  await writeFile(path.join(rootDir, "usr/local/etc/npmrc"), `${lines.join("\n")}\n`);
};

const installNode = async (rootDir: string, scratchDir: string): Promise<void> => {
  const node = await unpack(`node-linux-${process.arch}@${NODE_RANGE}`, path.join(scratchDir, "node"));
  const npm = await unpack(`npm@${NPM_RANGE}`, path.join(scratchDir, "npm"));
  const binDir = path.join(rootDir, "usr/local/bin");
  const npmDir = path.join(rootDir, "usr/local/lib/node_modules/npm");
  await copyFile(path.join(node, "bin/node"), path.join(binDir, "node"));
  await chmod(path.join(binDir, "node"), 0o755);
  await cp(npm, npmDir, { recursive: true });
  for (const program of ["npm", "npx"]) {
    await chmod(path.join(npmDir, `bin/${program}-cli.js`), 0o755);
    await symlink(`../lib/node_modules/npm/bin/${program}-cli.js`, path.join(binDir, program));
  }
};

const makeRoot = async (rootDir: string, scratchDir: string): Promise<void> => {
  await run("debootstrap", ["--variant=minbase", "bookworm", rootDir]);
  await installNode(rootDir, scratchDir);
  await inheritNpmSettings(rootDir);
  await run("chroot", [rootDir, "groupadd", "--gid", "1000", "node"]);
  await run("chroot", [rootDir, "useradd", "--uid", "1000", "--gid", "node", "--create-home", "node"]);
  await run("chroot", [rootDir, "apt-get", "clean"]);
  for (const dir of ["var/lib/apt/lists", "usr/share/doc", "usr/share/man"]) {
    await rm(path.join(rootDir, dir), { recursive: true, force: true });
  }
};

/**
 * Makes the base image once: Debian's minimal system with Node and npm from npm's registry, and the user `node`.
 * @throws Failure when debootstrap is missing.
 */
export const ensureBaseImage = async (buildah: Buildah, cacheDir: string): Promise<void> => {
  if (await buildah.hasImage(BASE_IMAGE)) return;
  if (!(await isInstalled("debootstrap"))) {
    throw new Failure("debootstrap makes the base image, and is not here: apt-get install --yes buildah debootstrap");
  }
  const scratchDir = await mkdtemp(path.join(cacheDir, "base-"));
  try {
    const rootDir = path.join(scratchDir, "root");
    await makeRoot(rootDir, scratchDir);
    const container = (await buildah.run("from", "scratch")).trim();
    await buildah.run("add", "--quiet", container, rootDir, "/");
    await buildah.run("config", "--env", `PATH=${PATH_IN_IMAGE}`, "--cmd", "node", container);
    await buildah.run("commit", "--quiet", "--rm", "--format", "docker", container, BASE_IMAGE);
  } finally {
    await rm(scratchDir, { recursive: true, force: true });
  }
};
