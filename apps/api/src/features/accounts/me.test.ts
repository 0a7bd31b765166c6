import argon2 from "argon2";
import { describe, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();

const PASSWORD = "correct horse battery";
const NEW_PASSWORD = "seven grey herons at dusk";

const send = (method: string, path: string, { json, token }: { json?: unknown; token?: string }) =>
  world.request(path, { method, ...(json !== undefined && { json }), ...(token !== undefined && { token }) });

const logIn = (email: string, password = PASSWORD) => send("POST", "/v1/auth/login", { json: { email, password } });

const me = async (token: string) => (await world.request("/v1/me", { token })).status;

let people = 0;
const newPerson = async (): Promise<{ email: string; token: string }> => {
  people += 1;
  const email = `person${people}@me.example`;
  return { email, token: await world.newUser(email) };
};

describe("a new password", () => {
  it.each([
    ["the most common one", "password"],
    ["a common one in disguise", "P@ssw0rd1"],
    ["a date", "19901990"],
    ["keys beside each other", "qwertyuiop"],
    ["the email", "weakling.harris"],
    ["128 times the same letter", "a".repeat(128)],
  ])("that is %s is refused", async (_name, password) => {
    const json = { email: "weakling.harris@example.com", password, name: "Harris" };
    const answer = await send("POST", "/v1/auth/register", { json });
    expect(answer.status).toBe(422);
    const { errors } = (await answer.json()) as { errors: unknown };
    expect(errors).toEqual([{ path: "body.password", code: "weak_password", message: expect.any(String) }]);
  });

  it("has 8 to 128 characters", async () => {
    const strong = "kV7#pQ2x!mZ9wL4s".repeat(9);
    const json = { email: "length@example.com", name: "Length" };
    const register = async (password: string) =>
      (await send("POST", "/v1/auth/register", { json: { ...json, password } })).status;
    expect(await register(strong.slice(0, 7))).toBe(422);
    expect(await register(strong.slice(0, 129))).toBe(422);
    expect(await register(strong.slice(0, 128))).toBe(201);
  });
});

describe("changing the password", () => {
  const change = (token: string, currentPassword: string, newPassword: string) =>
    send("POST", "/v1/me/password", { token, json: { currentPassword, newPassword } });

  it("ends the other sessions, keeps this one, and only the new password logs in", async () => {
    const { email, token } = await newPerson();
    const { accessToken: other } = (await (await logIn(email)).json()) as { accessToken: string };
    expect((await change(token, PASSWORD, NEW_PASSWORD)).status).toBe(204);
    expect([await me(token), await me(other)]).toEqual([200, 401]);
    expect([(await logIn(email)).status, (await logIn(email, NEW_PASSWORD)).status]).toEqual([401, 200]);
  });

  it("needs the current one, and a strong new one", async () => {
    const { email, token } = await newPerson();
    const wrong = await change(token, "not the password", NEW_PASSWORD);
    expect(await wrong.json()).toMatchObject({ status: 403, code: "auth/wrong-password" });
    const weak = await change(token, PASSWORD, "password1");
    expect(await weak.json()).toMatchObject({ status: 422, errors: [{ path: "body.newPassword" }] });
    expect((await logIn(email)).status).toBe(200);
  });

  it("of two at once with the same current password, one wins", async () => {
    const { email, token } = await newPerson();
    const candidates = [NEW_PASSWORD, "nine green boats at noon"];
    const answers = await Promise.all(candidates.map((candidate) => change(token, PASSWORD, candidate)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([204, 403]));
    const logins = await Promise.all(candidates.map((candidate) => logIn(email, candidate)));
    expect(logins.map((answer) => answer.status === 200)).toEqual(answers.map((answer) => answer.status === 204));
  });
});

describe("a login", () => {
  it("rehashes a password whose parameters are old, and leaves today's alone", async () => {
    const { email } = await newPerson();
    const hashOf = async () => (await world.database.db.user.findUniqueOrThrow({ where: { email } })).passwordHash;
    const old = await argon2.hash(PASSWORD, { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 });
    await world.database.db.user.update({ where: { email }, data: { passwordHash: old } });
    expect((await logIn(email)).status).toBe(200);
    const renewed = await hashOf();
    expect(renewed).toContain("$m=65536,t=3,p=1$");
    expect((await logIn(email)).status).toBe(200);
    expect(await hashOf()).toBe(renewed);
  });
});

describe("PATCH /v1/me", () => {
  it("changes what is named and keeps the rest", async () => {
    const { email, token } = await newPerson();
    const named = await send("PATCH", "/v1/me", { token, json: { name: " Grace " } });
    expect(await named.json()).toMatchObject({ name: "Grace", email });
    const moved = await send("PATCH", "/v1/me", { token, json: { email: "Moved@Example.com" } });
    expect(await moved.json()).toMatchObject({ name: "Grace", email: "moved@example.com" });
    expect((await logIn("moved@example.com")).status).toBe(200);
    expect((await send("PATCH", "/v1/me", { token, json: {} })).status).toBe(200);
  });

  it("refuses an email that is taken, and every field that is not the caller's to set", async () => {
    const [mine, theirs] = [await newPerson(), await newPerson()];
    const taken = await send("PATCH", "/v1/me", { token: mine.token, json: { email: theirs.email } });
    expect(await taken.json()).toMatchObject({ status: 409, code: "user/email-taken" });
    for (const field of ["id", "role", "passwordHash", "password", "createdAt", "userId", "object", "constructor"]) {
      const answer = await send("PATCH", "/v1/me", { token: mine.token, json: { name: "Eve", [field]: "admin" } });
      expect([field, answer.status]).toEqual([field, 422]);
    }
    const unchanged = await world.request("/v1/me", { token: mine.token });
    expect(await unchanged.json()).toMatchObject({ name: "Ada", email: mine.email, role: "user" });
  });
});

describe("DELETE /v1/me", () => {
  const createAudioTask = async (token: string): Promise<void> => {
    const form = new FormData();
    const wav = Buffer.from(`RIFF\u0024\u0000\u0000\u0000WAVEfmt ${"\u0000".repeat(64)}`, "latin1");
    form.set("audio", new Blob([wav]), "talk.wav");
    const answer = await world.request("/v1/tasks", { method: "POST", token, body: form });
    expect(answer.status).toBe(202);
  };

  it("takes everything along, asks for the recordings to go, and spares other people", async () => {
    const [gone, stays] = [await newPerson(), await newPerson()];
    await createAudioTask(gone.token);
    await createAudioTask(gone.token);
    await createAudioTask(stays.token);
    await send("POST", "/v1/tasks", { token: gone.token, json: { text: "At dawn she rowed out." } });
    const { db } = world.database;
    const { id } = await db.user.findUniqueOrThrow({ where: { email: gone.email } });
    const keys = (await db.audio.findMany({ where: { userId: id } })).map((audio) => audio.storageKey);

    const answer = await send("DELETE", "/v1/me", { token: gone.token, json: { password: PASSWORD } });
    expect(answer.status).toBe(204);
    expect([await me(gone.token), (await logIn(gone.email)).status]).toEqual([401, 401]);
    const owned = { where: { userId: id } };
    expect([await db.task.count(owned), await db.audio.count(owned), await db.session.count(owned)]).toEqual([0, 0, 0]);
    expect(await db.task.count()).toBe(1);
    const askedFor = async () =>
      (await world.jobs("maintenance")).map((job) => (job as { storageKey?: string }).storageKey);
    await expect.poll(async () => new Set(await askedFor())).toEqual(new Set(keys));
    expect(await me(stays.token)).toBe(200);
  });

  it("needs the password", async () => {
    const { token } = await newPerson();
    const wrong = await send("DELETE", "/v1/me", { token, json: { password: "not the password" } });
    expect(await wrong.json()).toMatchObject({ status: 403, code: "auth/wrong-password" });
    expect((await send("DELETE", "/v1/me", { token })).status).toBe(415);
    expect(await me(token)).toBe(200);
  });
});
