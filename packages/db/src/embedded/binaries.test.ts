import { chmod, chown, cp, lstat, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { useTempDirs } from "@phonoscene/testing";
import { describe, expect, it } from "vitest";

import { findBinaries, installedDir } from "./binaries.ts";

const newDir = useTempDirs();
const NOBODY = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;

/** An installation of our own to do harm to, and a folder for copies that everybody may enter. */
const anotherInstallation = async (): Promise<{ installed: string; copiesDir: string }> => {
  const base = await newDir();
  await chmod(base, 0o755);
  const [packageDir, copiesDir] = [join(base, "package"), join(base, "copies")];
  await mkdir(copiesDir);
  await cp(resolve(installedDir(), ".."), packageDir, { recursive: true, verbatimSymlinks: true });
  return { installed: join(packageDir, "native"), copiesDir };
};

describe("the programs of the embedded PostgreSQL", () => {
  it("are used where they were installed", async () => {
    const { installed, copiesDir } = await anotherInstallation();
    const binaries = await findBinaries(null, { installed, copiesDir });
    expect(binaries).toMatchObject({ postgres: join(installed, "bin", "postgres"), majorVersion: "18" });
    expect(await readdir(copiesDir)).toEqual([]);
  });

  it("are repaired in a copy when the package's install script did not run", async () => {
    const { installed, copiesDir } = await anotherInstallation();
    await chmod(join(installed, "bin", "postgres"), 0o644);
    for (const name of await readdir(join(installed, "lib"))) {
      const path = join(installed, "lib", name);
      if ((await lstat(path)).isSymbolicLink()) await rm(path);
    }
    const binaries = await findBinaries(null, { installed, copiesDir });
    expect(dirname(binaries.postgres)).toContain(copiesDir);
    expect(binaries.majorVersion).toBe("18");
  });

  it.runIf(isRoot)("are copied once to where the server's account can reach them (skipped unless root)", async () => {
    const { installed, copiesDir } = await anotherInstallation();
    await chmod(dirname(installed), 0o700);
    const [first, second] = await Promise.all([1, 2].map(() => findBinaries(NOBODY, { installed, copiesDir })));
    expect(first?.postgres).toContain(copiesDir);
    expect(second).toEqual(first);
    expect(await readdir(copiesDir)).toHaveLength(1);
  });

  it.runIf(isRoot)("are never taken from a folder that somebody else has put there (skipped unless root)", async () => {
    const { installed, copiesDir } = await anotherInstallation();
    await chmod(dirname(installed), 0o700);
    const { postgres } = await findBinaries(NOBODY, { installed, copiesDir });
    const copy = resolve(postgres, "..", "..", "..");
    await chown(copy, NOBODY.uid, NOBODY.gid);
    await expect(findBinaries(NOBODY, { installed, copiesDir })).rejects.toThrow(/cannot be copied/);
  });

  it("are copied anew when the temporary folder was cleaned in part", async () => {
    const { installed, copiesDir } = await anotherInstallation();
    await chmod(join(installed, "bin", "postgres"), 0o644);
    const { postgres } = await findBinaries(null, { installed, copiesDir });
    await rm(postgres);
    expect(await findBinaries(null, { installed, copiesDir })).toMatchObject({ postgres, majorVersion: "18" });
  });

  it("are asked to be installed again when nothing helps", async () => {
    const { installed, copiesDir } = await anotherInstallation();
    await rm(join(installed, "lib"), { recursive: true });
    await expect(findBinaries(null, { installed, copiesDir })).rejects.toMatchObject({
      code: "database/unavailable",
      message: expect.stringContaining("run `pnpm install` again"),
    });
  });
});
