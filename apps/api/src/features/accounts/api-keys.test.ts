import { ENDPOINTS } from "@phonoscene/contracts";
import { beforeAll, describe, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();
let token: string;
let stranger: string;

beforeAll(async () => {
  token = await world.newUser();
  stranger = await world.newUser();
});

type Key = { id: string; key: string; prefix: string; lastUsedAt: string | null; expiresAt: string | null };

const create = (json: unknown, as = token) => world.request("/v1/api-keys", { method: "POST", token: as, json });
const newKey = async (...scopes: string[]): Promise<Key> =>
  (await (await create({ name: "import", scopes })).json()) as Key;
const remove = (id: string, as = token) => world.request(`/v1/api-keys/${id}`, { method: "DELETE", token: as });
const list = async (query = "", as = token) =>
  (await (await world.request(`/v1/api-keys${query}`, { token: as })).json()) as {
    data: Key[];
    hasMore: boolean;
    nextCursor: string | null;
  };
const read = (key: string) => world.request("/v1/tasks", { token: key });
const write = (key: string) =>
  world.request("/v1/tasks", { method: "POST", token: key, json: { text: "At dawn she rowed out." } });

describe("an API key", () => {
  it("is shown whole once; afterwards its prefix tells it from others, and only its hash is stored", async () => {
    const answer = await create({ name: " import ", scopes: ["tasks:read"] });
    expect(answer.status).toBe(201);
    const made = (await answer.json()) as Key;
    expect(made).toMatchObject({ object: "apiKey", name: "import", scopes: ["tasks:read"], expiresAt: null });
    expect(made.key).toMatch(/^ps_[\w-]{43}$/);
    expect(made.prefix).toBe(made.key.slice(0, 11));
    const { key: _key, ...shown } = made;
    expect((await list()).data[0]).toEqual(shown);
    const rows = await world.database.db.$queryRaw<{ row: string }[]>`SELECT api_keys::text AS row FROM api_keys`;
    expect(rows.map(({ row }) => row).join()).not.toContain(made.key.slice(11));
  });

  it("does what its scopes allow, for its owner, and nothing else", async () => {
    const [reader, writer] = [await newKey("tasks:read"), await newKey("tasks:write")];
    expect([(await read(reader.key)).status, (await write(writer.key)).status]).toEqual([200, 202]);
    const missing = await write(reader.key);
    expect(await missing.json()).toMatchObject({ status: 403, code: "auth/scope-missing" });
    expect((await read(writer.key)).status).toBe(403);
    const { data } = (await (await read(reader.key)).json()) as { data: unknown[] };
    expect(data).toHaveLength(1);
    const others = await world.request("/v1/tasks", { token: stranger });
    expect(await others.json()).toMatchObject({ data: [] });
  });

  it("every route without a scope refuses keys, and every route about tasks has one", async () => {
    const { key } = await newKey("tasks:read", "tasks:write");
    const guarded = ENDPOINTS.filter(({ auth }) => auth === "bearer");
    for (const { method, path, tag, ...rest } of guarded) {
      if ("scope" in rest) continue;
      expect(tag).not.toBe("Tasks");
      const answer = await world.request(path.replace("{id}", "0190163d-8694-739b-aea5-966c26f8ad91"), {
        method: method.toUpperCase(),
        token: key,
      });
      expect([path, answer.status]).toEqual([path, 403]);
      expect(await answer.json()).toMatchObject({ code: "auth/key-refused" });
    }
  });

  it("notes its last use, once a minute", async () => {
    const made = await newKey("tasks:read");
    const lastUse = async () => (await list()).data.find(({ id }) => id === made.id)?.lastUsedAt ?? null;
    expect(await lastUse()).toBeNull();
    await read(made.key);
    const first = await lastUse();
    expect(first).not.toBeNull();
    await read(made.key);
    expect(await lastUse()).toBe(first);
    await world.database.db.$executeRaw`UPDATE api_keys SET last_used_at = last_used_at - interval '2 minutes'`;
    await read(made.key);
    expect(await lastUse()).not.toBe(first);
  });

  it("is dead after its time", async () => {
    const answer = await create({ name: "short", scopes: ["tasks:read"], expiresInMs: 3_600_000 });
    const made = (await answer.json()) as Key;
    expect(Date.parse(made.expiresAt ?? "") - Date.now()).toBeGreaterThan(3_500_000);
    expect((await read(made.key)).status).toBe(200);
    await world.database.db.$executeRaw`
      UPDATE api_keys SET expires_at = now() - interval '1 ms' WHERE id = ${made.id}::uuid`;
    expect(await (await read(made.key)).json()).toMatchObject({ status: 401, code: "auth/invalid-token" });
  });

  it("is dead at once when it is deleted, which only its owner can do", async () => {
    const made = await newKey("tasks:read");
    expect(await (await remove(made.id, stranger)).json()).toMatchObject({ status: 404, code: "api-key/not-found" });
    expect((await read(made.key)).status).toBe(200);
    expect((await remove(made.id)).status).toBe(204);
    expect((await read(made.key)).status).toBe(401);
    expect((await remove(made.id)).status).toBe(404);
  });

  it("that was made up is refused", async () => {
    const { key } = await newKey("tasks:read");
    const answers = await Promise.all(["ps_", "ps_abc", `${key}x`, key.slice(0, -1)].map((forged) => read(forged)));
    expect(answers.map((answer) => answer.status)).toEqual([401, 401, 401, 401]);
  });
});

describe("the list of API keys", () => {
  it("has pages, and is the owner's alone", async () => {
    const all = await list("?limit=100");
    const first = await list("?limit=2");
    expect(first).toMatchObject({ hasMore: true });
    const rest = await list(`?limit=100&cursor=${first.nextCursor}`);
    expect([...first.data, ...rest.data]).toEqual(all.data);
    expect((await list("", stranger)).data).toEqual([]);
  });

  it.each([
    ["an unknown scope", { name: "a", scopes: ["admin"] }],
    ["no scope", { name: "a", scopes: [] }],
    ["a scope twice", { name: "a", scopes: ["tasks:read", "tasks:read"] }],
    ["no name", { scopes: ["tasks:read"] }],
    ["a lifetime below a minute", { name: "a", scopes: ["tasks:read"], expiresInMs: 1 }],
    ["a key of the caller's own", { name: "a", scopes: ["tasks:read"], key: "ps_mine" }],
    ["another owner", { name: "a", scopes: ["tasks:read"], userId: "0190163d-8694-739b-aea5-966c26f8ad91" }],
  ])("takes no key with %s", async (_name, json) => {
    expect((await create(json)).status).toBe(422);
  });
});
