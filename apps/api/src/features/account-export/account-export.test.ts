import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { ExportLine } from "@phonoscene/contracts";
import { newId } from "@phonoscene/kernel";
import { describe, expect, it, vi } from "vitest";

import { newStoryboard } from "../../test-storyboard.ts";
import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();
vi.setConfig({ testTimeout: 60_000 });

const newPerson = async () => {
  const email = `${newId()}@example.com`;
  const token = await world.newUser(email);
  const { id } = await world.database.db.user.findUniqueOrThrow({ where: { email } });
  return { email, token, id };
};
const exported = async (token: string): Promise<{ text: string; lines: ExportLine[] }> => {
  const answer = await world.request("/v1/me/export", { token });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
  expect(answer.headers.get("content-disposition")).toContain("attachment");
  const text = await answer.text();
  const lines = text.trimEnd().split("\n");
  return { text, lines: lines.map((line) => ExportLine.parse(JSON.parse(line))) };
};
const tasksOf = (lines: readonly ExportLine[]) => lines.flatMap((line) => (line.object === "task" ? [line] : []));

/** Texts of `characters` each, all made at the same moment, so that only their ids order them. */
const seed = (userId: string, { count, characters }: { count: number; characters: number }) =>
  world.database.db.$executeRaw`
    INSERT INTO tasks (id, user_id, kind, status, text, options)
    SELECT gen_random_uuid(), ${userId}::uuid, 'text', 'completed', repeat('x', ${characters}::int), '{}'
    FROM generate_series(1, ${count}::int)`;

/** Statements about tasks that go to the server from now on. */
const countTaskPages = async () => {
  const client = await world.database.pool.connect();
  const connections = Object.getPrototypeOf(client) as { query(...statement: unknown[]): unknown };
  client.release();
  const query = vi.spyOn(connections, "query");
  const isPage = ([statement]: unknown[]): boolean => {
    const text = typeof statement === "string" ? statement : (statement as { text?: string }).text;
    return text?.includes('"public"."tasks"') ?? false;
  };
  return {
    count: () => query.mock.calls.filter((call) => isPage(call)).length,
    stop: () => query.mockRestore(),
  };
};

/** A client that reads only when told. */
const openSlowly = async (token: string): Promise<IncomingMessage> => {
  const request = get(`${world.url}/v1/me/export`, { headers: { authorization: `Bearer ${token}` } });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.on("error", () => undefined);
  return response.pause();
};

describe("the export of an account", () => {
  it("holds everything that its owner has, in order, and says that it is whole", async () => {
    const { email, token } = await newPerson();
    const key = await world.request("/v1/api-keys", {
      method: "POST",
      token,
      json: { name: "k", scopes: ["tasks:read"] },
    });
    const { prefix } = (await key.json()) as { prefix: string };
    const id = await newStoryboard(world, token, ["a red fox", "a grey owl"]);
    const { data } = (await (await world.request(`/v1/tasks/${id}/prompts`, { token })).json()) as {
      data: { id: string }[];
    };
    const prompt = `/v1/tasks/${id}/prompts/${data[0]?.id}`;
    await world.request(prompt, { method: "PATCH", token, json: { content: "a silver fox" } });
    await world.request(`/v1/tasks/${id}`, { method: "PATCH", token, json: { metadata: { project: "den" } } });
    const words = [{ startMs: 0, endMs: 400, text: "Words.", confidence: 0.9 }];
    await world.database.db.transcriptSegment.updateMany({ where: { taskId: id }, data: { words } });
    const form = new FormData();
    form.set("audio", new Blob([Buffer.from("RIFF$\0\0\0WAVEfmt "), Buffer.alloc(64)]), "tape.wav");
    await world.request("/v1/tasks", { method: "POST", token, body: form });

    const { lines } = await exported(token);
    expect(lines.map(({ object }) => object)).toEqual([
      "export.start",
      "user",
      "session",
      "apiKey",
      "task",
      "task",
      "export.end",
    ]);
    expect(lines[1]).toMatchObject({ email, role: "user" });
    expect(lines[2]).toMatchObject({ isCurrent: true });
    expect(lines[3]).toMatchObject({ name: "k", prefix });
    expect(lines[4]).toMatchObject({
      id,
      text: "Words.",
      metadata: { project: "den" },
      options: { target: "midjourney" },
      transcript: { text: "Words.", segments: [{ text: "Words.", words }] },
      scenes: [{ index: 0 }, { index: 1 }],
      prompts: [
        { content: "a silver fox", version: 2, revisions: [{ version: 1, content: "a red fox" }] },
        { content: "a grey owl", revisions: [] },
      ],
    });
    expect(lines[5]).toMatchObject({ text: null, audio: { filename: "tape.wav", format: "wav" }, prompts: [] });
    expect(lines[6]).toEqual({ object: "export.end", counts: { sessions: 1, apiKeys: 1, webhooks: 0, tasks: 2 } });
  });

  it("holds nothing of anybody else, and no secret", async () => {
    const [mine, theirs] = [await newPerson(), await newPerson()];
    const made = await world.request("/v1/api-keys", {
      method: "POST",
      token: mine.token,
      json: { name: "k", scopes: ["tasks:read"] },
    });
    const { key } = (await made.json()) as { key: string };
    await newStoryboard(world, mine.token, ["mine"]);
    const id = await newStoryboard(world, theirs.token, ["a canary of somebody else"]);
    await world.request(`/v1/api-keys`, {
      method: "POST",
      token: theirs.token,
      json: { name: "theirs", scopes: ["tasks:read"] },
    });

    const { text, lines } = await exported(mine.token);
    expect(tasksOf(lines)).toHaveLength(1);
    for (const canary of [theirs.email, theirs.id, id, "canary", "theirs"]) expect(text).not.toContain(canary);

    const { db } = world.database;
    const { passwordHash } = await db.user.findUniqueOrThrow({ where: { id: mine.id } });
    const [session] = await db.session.findMany({ where: { userId: mine.id } });
    const [row] = await db.apiKey.findMany({ where: { userId: mine.id } });
    const hashes = [session?.refreshHash, row?.hash].flatMap((hash) =>
      hash === undefined
        ? []
        : (["hex", "base64", "base64url"] as const).map((form) => Buffer.from(hash).toString(form)),
    );
    expect(hashes).toHaveLength(6);
    for (const secret of [passwordHash, key, mine.token, ...hashes]) expect(text).not.toContain(secret);
    expect(text).not.toMatch(
      /(password|refresh|previous)_?hash|"hash"|argon2|storage_?key|attempt_?token|provider_?job/i,
    );
  });

  it("is for the owner's own session: no token, no export, and an API key is refused", async () => {
    const { token } = await newPerson();
    const made = await world.request("/v1/api-keys", {
      method: "POST",
      token,
      json: { name: "k", scopes: ["tasks:read", "tasks:write"] },
    });
    const { key } = (await made.json()) as { key: string };
    expect((await world.request("/v1/me/export")).status).toBe(401);
    expect(await (await world.request("/v1/me/export", { token: key })).json()).toMatchObject({
      code: "auth/key-refused",
    });
  });

  it("repeats and hides no task, with one statement for each ten of them", async () => {
    const { id, token } = await newPerson();
    await seed(id, { count: 95, characters: 10 });
    const pages = await countTaskPages();
    try {
      const { lines } = await exported(token);
      expect(new Set(tasksOf(lines).map((task) => task.id)).size).toBe(95);
      expect(tasksOf(lines)).toHaveLength(95);
      expect(pages.count()).toBe(10);
    } finally {
      pages.stop();
    }
  });

  it("of 2,000 tasks and 100 MB takes no more memory than of a few", async () => {
    const { id, token } = await newPerson();
    await seed(id, { count: 2000, characters: 50_000 });
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const heldBytes = (): number => {
      collect();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const before = heldBytes();
    const response = await openSlowly(token);
    let [received, most, nextLook] = [0, 0, 0];
    for await (const chunk of response as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (received < nextLook) continue;
      nextLook = received + 5_000_000;
      most = Math.max(most, heldBytes() - before);
    }
    expect(received).toBeGreaterThan(100_000_000);
    expect(most).toBeLessThan(20_000_000);
  });

  it("waits for a client that does not read, and asks for no more once it is gone", async () => {
    const { id, token } = await newPerson();
    await seed(id, { count: 2000, characters: 50_000 });
    const pages = await countTaskPages();
    try {
      const response = await openSlowly(token);
      let last = -1;
      const isStill = (): boolean => {
        const now = pages.count();
        const wasSame = now === last && now > 0;
        last = now;
        return wasSame;
      };
      await expect.poll(isStill, { interval: 500, timeout: 20_000 }).toBe(true);
      const whileWaiting = pages.count();
      // Out of 200.
      expect(whileWaiting).toBeLessThan(60);
      response.destroy();
      await expect.poll(isStill, { interval: 500, timeout: 20_000 }).toBe(true);
      expect(pages.count()).toBeLessThanOrEqual(whileWaiting + 1);
    } finally {
      pages.stop();
    }
  });
});
