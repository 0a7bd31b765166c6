import { redisUrl, uniquePrefix, useDatabase } from "@phonoscene/testing";
import { afterEach, describe, expect, it } from "vitest";

import { networkOf, type RateLimitConfig } from "../../http/rate-limits.ts";
import { type ApiWorld, startApiWorld } from "../../test-world.ts";

const PASSWORD = "correct horse battery";

type Stores = { name: string; store(): { url: string; prefix: string } | null };

const databaseOf = useDatabase();
const redis = redisUrl();
const stores: Stores[] = [
  { name: "PostgreSQL", store: () => null },
  ...(redis === null ? [] : [{ name: "Redis", store: () => ({ url: redis, prefix: uniquePrefix() }) }]),
];

describe.each(stores)("limits, counted in $name", ({ name, store }) => {
  const opened: ApiWorld[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((world) => world.close()));
  });
  const shared = store();
  const start = async (limits: Partial<RateLimitConfig>): Promise<ApiWorld> => {
    const limitStore = shared === null ? {} : { limitStore: shared };
    const world = await startApiWorld(databaseOf.url, { limits, ...limitStore });
    opened.push(world);
    // The Redis connection is made in the background.
    await world.database.ping();
    return world;
  };
  const emailOf = (who: string): string => `${who}@${name.toLowerCase()}.example`;
  const logIn = (world: ApiWorld, email: string, password = PASSWORD) =>
    world.request("/v1/auth/login", { method: "POST", json: { email, password } });

  it("a user's requests are counted across processes, and the answers say what is left", async () => {
    const [one, two] = [await start({ apiPerMinute: 3 }), await start({ apiPerMinute: 3 })];
    const token = await one.newUser(emailOf("api"));
    const first = await one.request("/v1/me", { token });
    expect(first.headers.get("ratelimit-policy")).toBe('"api";q=3;w=60');
    expect(first.headers.get("ratelimit")).toMatch(/^"api";r=2;t=(60|59)$/);
    await two.request("/v1/me", { token });
    expect((await two.request("/v1/tasks", { token })).status).toBe(200);
    const over = await one.request("/v1/me", { token });
    expect(over.status).toBe(429);
    expect(over.headers.get("ratelimit")).toMatch(/^"api";r=0;t=\d+$/);
    expect(Number(over.headers.get("retry-after"))).toBeGreaterThan(50);
    expect(await over.json()).toMatchObject({
      code: "request/rate-limited",
      detail: expect.stringMatching(/Try again/),
    });
    const other = await one.newUser(emailOf("other"));
    expect((await one.request("/v1/me", { token: other })).status).toBe(200);
  });

  it("new accounts are counted by address", async () => {
    const world = await start({ registerPerHour: 2 });
    const register = async (who: string) =>
      (
        await world.request("/v1/auth/register", {
          method: "POST",
          json: { email: emailOf(who), password: PASSWORD, name: "Ada" },
        })
      ).status;
    expect([await register("r1"), await register("r2"), await register("r3")]).toEqual([201, 201, 429]);
  });

  it("refreshes are counted by session", async () => {
    const world = await start({ refreshPerMinute: 2 });
    await world.newUser(emailOf("refresh"));
    const refresh = (refreshToken: string) =>
      world.request("/v1/auth/refresh", { method: "POST", json: { refreshToken } });
    const tokensOf = async (answer: Response) => (await answer.json()) as { refreshToken: string };
    let { refreshToken } = await tokensOf(await logIn(world, emailOf("refresh")));
    for (let turn = 0; turn < 2; turn += 1) ({ refreshToken } = await tokensOf(await refresh(refreshToken)));
    const over = await refresh(refreshToken);
    expect([over.status, over.headers.get("ratelimit-policy")]).toEqual([429, '"refresh";q=2;w=60']);
    const again = await tokensOf(await logIn(world, emailOf("refresh")));
    expect((await refresh(again.refreshToken)).status).toBe(200);
  });

  it("after 5 wrong passwords, one after the other or at once, not even the right one is tried", async () => {
    const world = await start({ loginFailures: 5 });
    await world.newUser(emailOf("guessed"));
    await world.newUser(emailOf("bystander"));
    const guesses = await Promise.all(
      Array.from({ length: 12 }, (_, index) => logIn(world, emailOf("guessed"), `guess ${index}`)),
    );
    expect(guesses.filter((answer) => answer.status === 401)).toHaveLength(5);
    const right = await logIn(world, emailOf("guessed"));
    expect(right.status).toBe(429);
    expect(Number(right.headers.get("retry-after"))).toBeGreaterThan(890);
    expect(Number(right.headers.get("retry-after"))).toBeLessThanOrEqual(900);
    expect((await logIn(world, emailOf("bystander"))).status).toBe(200);
  });

  it("a right password forgets the wrong ones before it", async () => {
    const world = await start({ loginFailures: 2 });
    await world.newUser(emailOf("clumsy"));
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await logIn(world, emailOf("clumsy"), "not the password")).status).toBe(401);
      expect((await logIn(world, emailOf("clumsy"))).status).toBe(200);
    }
  });

  it("a session cannot guess the password where it changes it either", async () => {
    const world = await start({ loginFailures: 2 });
    const token = await world.newUser(emailOf("thief"));
    const guess = async (json: unknown) => (await world.request("/v1/me", { method: "DELETE", token, json })).status;
    const wrong = { password: "not the password" };
    expect([await guess(wrong), await guess(wrong), await guess({ password: PASSWORD })]).toEqual([403, 403, 429]);
  });
});

describe("limits in the database", () => {
  it("the second block lasts twice as long as the first", async () => {
    const world = await startApiWorld(databaseOf.url, { limits: { loginFailures: 1 } });
    const email = "doubling@example.com";
    const logIn = (password: string) => world.request("/v1/auth/login", { method: "POST", json: { email, password } });
    const waits: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await logIn("not the password")).status).toBe(401);
      waits.push(Math.round(Number((await logIn("not the password")).headers.get("retry-after")) / 60));
      // As if the block were over.
      await world.database.db.$executeRaw`UPDATE rate_limits SET expire = 0 WHERE key LIKE 'login-failures%'`;
    }
    expect(waits).toEqual([15, 30, 60]);
    await world.close();
  });

  it("counters tell nothing about people", async () => {
    const world = await startApiWorld(databaseOf.url, { limits: { loginFailures: 5, loginPerMinute: 9 } });
    await world.newUser("named@example.com");
    const rows = await world.database.db.rateLimit.findMany();
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ key }) => key).join()).not.toMatch(/@|127\.0\.0\.1/);
    await world.close();
  });
});

describe("an address", () => {
  it.each([
    ["203.0.113.9", "203.0.113.9"],
    ["::ffff:203.0.113.9", "203.0.113.9"],
    ["2001:db8:0:7:aaaa:bbbb:cccc:dddd", "2001:db8:0:7"],
    ["2001:db8:0:7::1", "2001:db8:0:7"],
    ["2001:0db8::1", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
  ])("%s counts as %s", (ip, network) => {
    expect(networkOf(ip)).toBe(network);
  });
});
