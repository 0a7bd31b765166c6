import { describe, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();

type Tokens = { accessToken: string; refreshToken: string };

const post = (path: string, json?: unknown, token?: string) =>
  world.request(path, { method: "POST", ...(json !== undefined && { json }), ...(token !== undefined && { token }) });
const refresh = (refreshToken: string) => post("/v1/auth/refresh", { refreshToken });
const me = async (token: string) => (await world.request("/v1/me", { token })).status;

const tokensOf = async (answer: Response): Promise<Tokens> => {
  expect(answer.status).toBe(200);
  return (await answer.json()) as Tokens;
};

const logIn = async (email: string): Promise<Tokens> =>
  tokensOf(await post("/v1/auth/login", { email, password: "correct horse battery" }));

let people = 0;
const newPerson = async (): Promise<string> => {
  people += 1;
  const email = `person${people}@sessions.example`;
  await world.newUser(email);
  return email;
};

const sidOf = (refreshToken: string): string => {
  const hex = Buffer.from(refreshToken, "base64url").toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
};

/** As if the session's own times had been so long ago. */
const age = (refreshToken: string, column: "last_used_at" | "expires_at" | "rotated_at", ago: string) =>
  world.database.db.$executeRawUnsafe(
    `UPDATE sessions SET ${column} = ${column} - $1::interval WHERE id = $2::uuid`,
    ago,
    sidOf(refreshToken),
  );

describe("refresh", () => {
  it("gives a new pair, and the new refresh token works in turn", async () => {
    const first = await logIn(await newPerson());
    const second = await tokensOf(await refresh(first.refreshToken));
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(await me(second.accessToken)).toBe(200);
    const third = await tokensOf(await refresh(second.refreshToken));
    expect(third.refreshToken).not.toBe(second.refreshToken);
  });

  it("the same old token gets the same successor again within the grace", async () => {
    const first = await logIn(await newPerson());
    const answers = await Promise.all([1, 2, 3].map(async () => tokensOf(await refresh(first.refreshToken))));
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
  });

  it("200 rounds of 10 parallel honest refreshes log nobody out", { timeout: 120_000 }, async () => {
    let { refreshToken } = await logIn(await newPerson());
    for (let round = 0; round < 200; round += 1) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
      const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as Tokens[];
      const successors = new Set(bodies.map((body) => body.refreshToken));
      expect(successors.size).toBe(1);
      refreshToken = bodies[0]?.refreshToken ?? "";
    }
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it("a used token that comes back after the grace ends the whole family", async () => {
    const first = await logIn(await newPerson());
    const second = await tokensOf(await refresh(first.refreshToken));
    await age(first.refreshToken, "rotated_at", "11 seconds");
    const replay = await refresh(first.refreshToken);
    expect(replay.status).toBe(401);
    expect(await replay.json()).toMatchObject({ code: "auth/invalid-refresh-token" });
    expect((await refresh(second.refreshToken)).status).toBe(401);
    expect(await me(second.accessToken)).toBe(401);
  });

  it("a token older than the last two ends the family even within the grace", async () => {
    const first = await logIn(await newPerson());
    const second = await tokensOf(await refresh(first.refreshToken));
    const third = await tokensOf(await refresh(second.refreshToken));
    expect((await refresh(first.refreshToken)).status).toBe(401);
    expect((await refresh(third.refreshToken)).status).toBe(401);
  });

  it("a made-up token is refused and ends nobody's session", async () => {
    const { refreshToken } = await logIn(await newPerson());
    const bytes = Buffer.from(refreshToken, "base64url");
    for (const at of [0, 20, 47, 48, 63]) {
      const forged = Buffer.from(bytes);
      forged[at] = (forged[at] ?? 0) ^ 1;
      expect((await refresh(forged.toString("base64url"))).status).toBe(401);
    }
    for (const odd of ["abc", `${refreshToken}=`, refreshToken.slice(0, -1), "x".repeat(200)]) {
      expect((await refresh(odd)).status).toBe(401);
    }
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it("a session ends after 7 days without a refresh", async () => {
    const tokens = await logIn(await newPerson());
    await age(tokens.refreshToken, "last_used_at", "6 days 23 hours");
    const next = await tokensOf(await refresh(tokens.refreshToken));
    await age(next.refreshToken, "last_used_at", "7 days 1 minute");
    expect((await refresh(next.refreshToken)).status).toBe(401);
    expect(await me(next.accessToken)).toBe(401);
  });

  it("a session ends 30 days after its login, refreshed or not", async () => {
    const tokens = await logIn(await newPerson());
    await age(tokens.refreshToken, "expires_at", "29 days 23 hours");
    const next = await tokensOf(await refresh(tokens.refreshToken));
    await age(next.refreshToken, "expires_at", "1 hour");
    expect((await refresh(next.refreshToken)).status).toBe(401);
    expect(await me(next.accessToken)).toBe(401);
  });

  it("the database holds no token, only hashes", async () => {
    const { refreshToken } = await logIn(await newPerson());
    const next = await tokensOf(await refresh(refreshToken));
    const rows = await world.database.db.$queryRaw<{ row: string }[]>`SELECT sessions::text AS row FROM sessions`;
    const stored = rows.map(({ row }) => row).join();
    for (const token of [refreshToken, next.refreshToken]) {
      expect(stored).not.toContain(token);
      expect(stored).not.toContain(Buffer.from(token, "base64url").subarray(16).toString("hex"));
    }
  });

  it("unknown fields and missing tokens are refused", async () => {
    expect((await post("/v1/auth/refresh", { refreshToken: "a", userId: "b" })).status).toBe(422);
    expect((await post("/v1/auth/refresh", {})).status).toBe(422);
  });
});

describe("logout", () => {
  it("without a body ends the session of the bearer token at once", async () => {
    const tokens = await logIn(await newPerson());
    const answer = await post("/v1/auth/logout", undefined, tokens.accessToken);
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    expect(await me(tokens.accessToken)).toBe(401);
    expect((await refresh(tokens.refreshToken)).status).toBe(401);
  });

  it("the refresh token alone is enough, and doing it twice is no error", async () => {
    const { refreshToken, accessToken } = await logIn(await newPerson());
    expect((await post("/v1/auth/logout", { refreshToken })).status).toBe(204);
    expect(await me(accessToken)).toBe(401);
    expect((await post("/v1/auth/logout", { refreshToken }, accessToken)).status).toBe(204);
  });

  it("nothing that names a session is told so, and a made-up token is refused", async () => {
    const nothing = await post("/v1/auth/logout", {});
    expect(await nothing.json()).toMatchObject({ status: 401, code: "auth/missing" });
    const forged = await post("/v1/auth/logout", { refreshToken: "abc" });
    expect(await forged.json()).toMatchObject({ status: 401, code: "auth/invalid-refresh-token" });
    const form = await world.request("/v1/auth/logout", { method: "POST", body: new URLSearchParams({ a: "b" }) });
    expect(form.status).toBe(415);
  });

  it("everywhere ends every session of the account and of nobody else", async () => {
    const email = await newPerson();
    const [phone, laptop, other] = [await logIn(email), await logIn(email), await logIn(await newPerson())];
    expect((await post("/v1/auth/logout-all", undefined, phone.accessToken)).status).toBe(204);
    expect([await me(phone.accessToken), await me(laptop.accessToken), await me(other.accessToken)]).toEqual([
      401, 401, 200,
    ]);
  });
});

describe("sessions", () => {
  type List = { data: { id: string; isCurrent: boolean; userAgent: string }[]; hasMore: boolean; nextCursor: string };
  const list = async (token: string, query = ""): Promise<List> =>
    (await (await world.request(`/v1/me/sessions${query}`, { token })).json()) as List;

  it("are listed newest first, with the one that asks marked, in pages", async () => {
    const email = await newPerson();
    const older = await logIn(email);
    const newer = await logIn(email);
    const all = await list(older.accessToken);
    expect(all.data.map(({ id }) => id).slice(0, 2)).toEqual([sidOf(newer.refreshToken), sidOf(older.refreshToken)]);
    expect(all.data.map(({ isCurrent }) => isCurrent)).toEqual([false, true, false]);
    expect(all.data[0]?.userAgent).toBe("node");
    const first = await list(older.accessToken, "?limit=2");
    expect(first.hasMore).toBe(true);
    const rest = await list(older.accessToken, `?limit=2&cursor=${first.nextCursor}`);
    expect([...first.data, ...rest.data]).toEqual(all.data);
    expect(rest).toMatchObject({ hasMore: false, nextCursor: null });
  });

  it("one that is revoked is dead at once and leaves the list", async () => {
    const email = await newPerson();
    const [here, there] = [await logIn(email), await logIn(email)];
    const id = sidOf(there.refreshToken);
    const remove = () => world.request(`/v1/me/sessions/${id}`, { method: "DELETE", token: here.accessToken });
    expect((await remove()).status).toBe(204);
    expect(await me(there.accessToken)).toBe(401);
    expect((await refresh(there.refreshToken)).status).toBe(401);
    expect((await list(here.accessToken)).data.map((session) => session.id)).not.toContain(id);
    expect(await (await remove()).json()).toMatchObject({ status: 404, code: "session/not-found" });
  });

  it("of other people do not exist", async () => {
    const [mine, theirs] = [await logIn(await newPerson()), await logIn(await newPerson())];
    const path = `/v1/me/sessions/${sidOf(theirs.refreshToken)}`;
    const answer = await world.request(path, { method: "DELETE", token: mine.accessToken });
    expect(answer.status).toBe(404);
    expect(await me(theirs.accessToken)).toBe(200);
    expect(
      (await world.request("/v1/me/sessions/not-an-id", { method: "DELETE", token: mine.accessToken })).status,
    ).toBe(422);
    expect((await world.request("/v1/me/sessions?cursor=abc", { token: mine.accessToken })).status).toBe(422);
    expect((await world.request("/v1/me/sessions?limit=101", { token: mine.accessToken })).status).toBe(422);
  });
});
