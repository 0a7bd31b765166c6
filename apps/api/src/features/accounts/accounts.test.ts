import jwt from "jsonwebtoken";
import { describe, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";
import { TEST_SECRET } from "../../test-world.ts";

const world = useApiWorld();

const register = (body: unknown) => world.request("/v1/auth/register", { method: "POST", json: body });
const login = (body: unknown) => world.request("/v1/auth/login", { method: "POST", json: body });
const ada = { email: "Ada@Example.com", password: "correct horse battery", name: "Ada" };

describe("accounts", () => {
  it("an account is made, and its email is kept in lower case", async () => {
    const answer = await register(ada);
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ object: "user", email: "ada@example.com", name: "Ada", role: "user" });
  });

  it("an email registers once", async () => {
    const answer = await register({ ...ada, email: "ada@EXAMPLE.com" });
    expect(answer.status).toBe(409);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(await answer.json()).toMatchObject({ code: "user/email-taken", status: 409 });
  });

  it("a login gives a token that /v1/me takes", async () => {
    const answer = await login({ email: ada.email, password: ada.password });
    expect(answer.status).toBe(200);
    const tokens = (await answer.json()) as { accessToken: string; refreshToken: string; expiresInMs: number };
    expect(tokens.expiresInMs).toBe(600_000);
    // The session's id, 256 random bits, and a tag by which a made-up token is told.
    expect(Buffer.from(tokens.refreshToken, "base64url")).toHaveLength(64);
    const me = await world.request("/v1/me", { token: tokens.accessToken });
    expect(await me.json()).toMatchObject({ email: "ada@example.com" });
  });

  it("a wrong password and an unknown email get the same answer", async () => {
    const wrong = await login({ email: ada.email, password: "not the password" });
    const unknown = await login({ email: "nobody@example.com", password: "not the password" });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    const [{ requestId: _a, ...first }, { requestId: _b, ...second }] = [
      (await wrong.json()) as { requestId: string },
      (await unknown.json()) as { requestId: string },
    ];
    expect(first).toEqual(second);
  });

  it("unknown fields are refused, so nobody makes himself an admin", async () => {
    const answer = await register({ ...ada, email: "eve@example.com", role: "admin" });
    expect(answer.status).toBe(422);
    const { errors } = (await answer.json()) as { errors: unknown };
    expect(errors).toEqual([{ path: "body.role", code: "unrecognized_key", message: expect.any(String) }]);
  });

  it("every fault of a body is listed with its path", async () => {
    const answer = await register({ email: "no", password: "short" });
    const { errors } = (await answer.json()) as { errors: { path: string }[] };
    expect(errors.map((fault) => fault.path).sort()).toEqual(["body.email", "body.name", "body.password"]);
  });
});

describe("tokens", () => {
  const me = (token: string) => world.request("/v1/me", { token });
  const claims = { sub: "0190163d-8694-739b-aea5-966c26f8ad91", sid: "0190163d-8694-739b-aea5-966c26f8ad92" };
  const good = { algorithm: "HS256", issuer: "phonoscene", audience: "phonoscene-api", expiresIn: 60 } as const;
  const typed = { alg: "HS256", typ: "at+jwt" } as const;

  it.each([
    ["of another secret", () => jwt.sign(claims, "x".repeat(40), { ...good, header: typed })],
    [
      "without a signature",
      () =>
        `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url")}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`,
    ],
    ["of another type", () => jwt.sign(claims, TEST_SECRET, good)],
    ["of another audience", () => jwt.sign(claims, TEST_SECRET, { ...good, audience: "elsewhere", header: typed })],
    ["that is over", () => jwt.sign(claims, TEST_SECRET, { ...good, expiresIn: -1, header: typed })],
    ["of a session that is not there", () => jwt.sign(claims, TEST_SECRET, { ...good, header: typed })],
    ["that is not a token", () => "abc"],
  ])("a token %s is refused", async (_name, forge) => {
    const answer = await me(forge());
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toContain("Bearer");
    expect(await answer.json()).toMatchObject({ code: "auth/invalid-token" });
  });

  it("a revoked session's token is dead at once", async () => {
    const token = await world.newUser("grace@example.com");
    expect((await me(token)).status).toBe(200);
    await world.database.db.session.updateMany({ data: { revokedAt: new Date() } });
    expect((await me(token)).status).toBe(401);
  });

  it("no token is told from a bad one", async () => {
    const answer = await world.request("/v1/me");
    expect(await answer.json()).toMatchObject({ code: "auth/missing", status: 401 });
  });
});
