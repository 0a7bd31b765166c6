import { env } from "node:process";

import { describe, expect, it } from "vitest";

import { newPerson } from "../test-owned.ts";
import { useApiWorld } from "../test-use-world.ts";

const world = useApiWorld();

/** Full strength with PHONOSCENE_TRIALS=full, a tenth of it otherwise. */
const SHARE = env["PHONOSCENE_TRIALS"] === "full" ? 1 : 0.1;
const IDEMPOTENCY_ROUNDS = 200 * SHARE;
const REPLAYS = 500;

const refresh = (refreshToken: string) => world.request("/v1/auth/refresh", { method: "POST", json: { refreshToken } });

it(
  `${REPLAYS} replays of used refresh tokens: each refused, the family is dead, nothing new is given out`,
  { timeout: 120_000 },
  async () => {
    const first = await newPerson(world, "first@replays.example");
    const used: string[] = [];
    let newest = first.refreshToken;
    for (let step = 0; step < 10; step += 1) {
      used.push(newest);
      newest = ((await (await refresh(newest)).json()) as { refreshToken: string }).refreshToken;
    }
    // The last used one has its grace: what comes before it has none.
    const old = used.slice(0, -1);
    for (let at = 0; at < REPLAYS; at += 1) {
      const answer = await refresh(old[at % old.length] ?? "");
      expect([at, answer.status, Object.keys((await answer.json()) as object).includes("refreshToken")]).toEqual([
        at,
        401,
        false,
      ]);
    }
    for (const token of [newest, ...used]) expect((await refresh(token)).status).toBe(401);
    // The account has another login, which is none of the thief's.
    expect(await world.database.db.session.count({ where: { userId: first.userId, revokedAt: null } })).toBe(1);
    expect((await world.request("/v1/me", { token: first.token })).status).toBe(401);
  },
);

describe("one idempotency key", () => {
  it(
    `in ${IDEMPOTENCY_ROUNDS} rounds of 20 parallel bulk creates makes its tasks once a round`,
    { timeout: 300_000 },
    async () => {
      const { token, userId } = await newPerson(world, "bulk@replays.example");
      const json = { items: [{ text: "one" }, { text: "two" }] };
      for (let round = 0; round < IDEMPOTENCY_ROUNDS; round += 1) {
        const headers = { "idempotency-key": `round-${round}` };
        const create = () => world.request("/v1/tasks/bulk", { method: "POST", token, json, headers });
        const answers = await Promise.all(Array.from({ length: 20 }, create));
        expect(answers.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
        const fresh = answers.filter(
          ({ status, headers: of }) => status === 200 && of.get("idempotent-replayed") === null,
        );
        expect(fresh).toHaveLength(1);
        expect(await world.database.db.task.count({ where: { userId } })).toBe(2 * (round + 1));
      }
    },
  );

  it("is another one for another user and on another route, and takes no other body", async () => {
    const one = await newPerson(world, "one@replays.example");
    const two = await newPerson(world, "two@replays.example");
    const headers = { "idempotency-key": "shared" };
    const bulk = (token: string, text: string) =>
      world.request("/v1/tasks/bulk", { method: "POST", token, headers, json: { items: [{ text }] } });
    expect((await bulk(one.token, "a")).status).toBe(200);
    expect((await bulk(two.token, "b")).headers.get("idempotent-replayed")).toBeNull();
    expect((await bulk(one.token, "b")).status).toBe(422);
    const single = await world.request("/v1/tasks", { method: "POST", token: one.token, headers, json: { text: "b" } });
    expect([single.status, single.headers.get("idempotent-replayed")]).toEqual([202, null]);
    expect((await bulk(one.token, "a")).headers.get("idempotent-replayed")).toBe("true");
  });
});

describe("a cursor", () => {
  it(
    "of another user, list, order or filter, or spoilt, shows nothing of anybody else",
    { timeout: 120_000 },
    async () => {
      const one = await newPerson(world, "reader@replays.example");
      const two = await newPerson(world, "owner@replays.example");
      const ids = new Map<string, string[]>();
      for (const { token } of [one, two]) {
        const made = await world.request("/v1/tasks/bulk", {
          method: "POST",
          token,
          json: { items: Array.from({ length: 4 }, () => ({ text: "a" })) },
        });
        ids.set(
          token,
          ((await made.json()) as { results: { id: string }[] }).results.map(({ id }) => id),
        );
      }
      const first = await world.request("/v1/tasks?limit=1", { token: two.token });
      const { nextCursor } = (await first.json()) as { nextCursor: string };
      const spoilt = Array.from(
        { length: nextCursor.length },
        (_value, at) => `${nextCursor.slice(0, at)}${nextCursor[at] === "A" ? "B" : "A"}${nextCursor.slice(at + 1)}`,
      );
      const cut = Array.from({ length: nextCursor.length - 1 }, (_value, at) => nextCursor.slice(0, at + 1));
      const lists = [
        "/v1/tasks?order=asc",
        "/v1/tasks?status=failed",
        "/v1/tasks?order=desc",
        "/v1/me/sessions?limit=1",
        "/v1/api-keys?limit=1",
      ];
      for (const list of lists) {
        for (const cursor of [nextCursor, ...spoilt, ...cut]) {
          const answer = await world.request(`${list}&cursor=${cursor}`, { token: one.token });
          const text = await answer.text();
          expect([list, cursor, [200, 422].includes(answer.status)]).toEqual([list, cursor, true]);
          expect(ids.get(two.token)?.filter((id) => text.includes(id))).toEqual([]);
        }
      }
      for (const cursor of cut)
        expect((await world.request(`/v1/tasks?cursor=${cursor}`, { token: one.token })).status).toBe(422);
    },
  );
});
