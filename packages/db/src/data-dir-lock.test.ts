import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { siblingModule } from "@phonoscene/kernel";
import { useTempDirs } from "@phonoscene/testing";
import { afterEach, describe, expect, it } from "vitest";

import { lockDataDir } from "./data-dir-lock.ts";

const newDir = useTempDirs();

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
};

describe("the lock of a data directory", () => {
  const children: ChildProcess[] = [];

  const contend = async (dataDir: string): Promise<{ child: ChildProcess; answer: unknown }> => {
    const child = fork(siblingModule(import.meta.url, "data-dir-lock.child"), [dataDir]);
    children.push(child);
    const [answer] = (await once(child, "message")) as [unknown];
    return { child, answer };
  };

  afterEach(async () => {
    await Promise.all(children.splice(0).map(kill));
  });

  it("is refused to a second owner, with the first one's process id and the fix", async () => {
    const dataDir = await newDir();
    const { child, answer } = await contend(dataDir);
    expect(answer).toBe("locked");
    await expect(lockDataDir(dataDir)).rejects.toMatchObject({
      code: "data-dir/in-use",
      message: expect.stringMatching(new RegExp(`process ${child.pid}: stop .*PHONOSCENE_DATA_DIR`)),
    });
  });

  it("is refused to the same process, until it is released", async () => {
    const dataDir = join(await newDir(), "made", "on the way");
    const first = await lockDataDir(dataDir);
    await expect(lockDataDir(dataDir)).rejects.toMatchObject({ code: "data-dir/in-use" });
    await first.release();
    const second = await lockDataDir(dataDir);
    await second.release();
    expect(await readdir(join(dataDir, "lock"))).toEqual([]);
  });

  it("says what to do where the directory cannot be made", async () => {
    const file = join(await newDir(), "file");
    await writeFile(file, "");
    await expect(lockDataDir(join(file, "data"))).rejects.toMatchObject({
      code: "config/invalid",
      message: expect.stringContaining("PHONOSCENE_DATA_DIR"),
    });
  });

  it("is taken over from an owner that was killed", async () => {
    const dataDir = await newDir();
    await kill((await contend(dataDir)).child);
    expect(await lockDataDir(dataDir)).toHaveProperty("release");
  });

  it.runIf(process.platform === "linux")(
    "is taken over when the owner's process id belongs to another now",
    async () => {
      const dataDir = await newDir();
      const { child } = await contend(dataDir);
      const other = await contend(await newDir());
      await kill(child);
      // The claim of the dead one, under the process id of one that lives but was born at another moment.
      for (const name of await readdir(join(dataDir, "lock"))) {
        await rename(join(dataDir, "lock", name), join(dataDir, "lock", name.replace(/^\d+/, String(other.child.pid))));
      }
      expect(await lockDataDir(dataDir)).toHaveProperty("release");
    },
  );

  it("goes to exactly one of four that find a dead owner's at the same moment", async () => {
    const dataDir = await newDir();
    await kill((await contend(dataDir)).child);
    const answers = await Promise.all([1, 2, 3, 4].map(() => contend(dataDir)));
    const owners = answers.filter(({ answer }) => answer === "locked");
    expect(owners).toHaveLength(1);
    for (const { answer } of answers.filter(({ answer }) => answer !== "locked")) {
      expect(answer).toContain(`in use by process ${owners[0]?.child.pid}`);
    }
  });

  it("goes to exactly one of two in each of forty rounds", async () => {
    for (let round = 0; round < 40; round += 1) {
      const dataDir = await newDir();
      const results = await Promise.allSettled([lockDataDir(dataDir), lockDataDir(dataDir)]);
      expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    }
  });
});
