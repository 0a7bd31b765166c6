import { request as httpRequest } from "node:http";

import { beforeAll, describe, expect, it } from "vitest";

import { useApiWorld } from "../test-use-world.ts";

const world = useApiWorld();
let token: string;

beforeAll(async () => {
  token = await world.newUser();
});

type Problem = { status: number; code: string; detail: string; errors?: { path: string }[] };

const JSON_TYPE = { "content-type": "application/json" };

const send = (path: string, body: string | Buffer, method = "POST"): Promise<Response> =>
  world.request(path, { method, token, headers: JSON_TYPE, body: new Uint8Array(Buffer.from(body)) });

const refused = async (answer: Response, status: number, code: string): Promise<Problem> => {
  const problem = (await answer.json()) as Problem;
  expect({ status: answer.status, code: problem.code }).toEqual({ status, code });
  expect(problem.detail.length).toBeGreaterThan(10);
  return problem;
};

const countTasks = () => world.database.db.task.count();

describe("a JSON body", () => {
  it("past 100 kB is refused, and just below it is read", async () => {
    const bodyOf = (bytes: number) => JSON.stringify({ name: "x".repeat(bytes - 11) });
    expect((await send("/v1/me", bodyOf(100_001), "PATCH")).status).toBe(413);
    await refused(await send("/v1/me", bodyOf(100_000), "PATCH"), 422, "request/invalid");
  });

  it.each([11, 100, 5000, 400_000])("%i levels deep is refused", async (depth) => {
    const body = `{"text":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    const problem = await refused(await send("/v1/tasks", body), 422, "request/invalid");
    expect(problem.detail).toContain("deeper than 10 levels");
  });

  it.each([
    ["a lone continuation byte", Buffer.from('{"text":"a\x80b"}', "latin1")],
    ["an overlong slash", Buffer.from('{"text":"\xc0\xaf"}', "latin1")],
    ["a surrogate", Buffer.from('{"text":"\xed\xa0\x80"}', "latin1")],
    ["a broken-off character", Buffer.from('{"text":"\xf0\x9f\x98"}', "latin1")],
    ["a byte of Latin-1", Buffer.from('{"text":"caf\xe9"}', "latin1")],
  ])("that is no UTF-8 is refused, not repaired: %s", async (_name, body) => {
    const before = await countTasks();
    await refused(await send("/v1/tasks", body), 400, "request/malformed");
    expect(await countTasks()).toBe(before);
  });

  it("with a key twice is read as JSON.parse does: the last one counts", async () => {
    const answer = await send("/v1/tasks", '{"text":"a","name":"first","name":"last"}');
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ name: "last" });
  });

  it.each(["null", "1", '"text"', "[]", "", "{", "{'a':1}", "{}{}", "NaN"])("%s is no object", async (body) => {
    const answer = await send("/v1/tasks", body);
    expect([400, 415, 422]).toContain(answer.status);
  });

  it.each([
    ["top level", "/v1/tasks", '{"text":"a","__proto__":{"role":"admin"}}', "body.__proto__"],
    ["metadata", "/v1/tasks", '{"text":"a","metadata":{"__proto__":"x"}}', "body.metadata.__proto__"],
    ["an item", "/v1/tasks/bulk", '{"items":[{"text":"a","__proto__":{}}]}', "body.items.0.__proto__"],
  ])("with __proto__ at %s is refused with its path", async (_where, path, body, at) => {
    const problem = await refused(await send(path, body), 422, "request/invalid");
    expect(problem.errors?.map((fault) => fault.path)).toContain(at);
  });
});

/** As JSON writes them. */
const UNSTORABLE = ["a\\u0000b", "a\\ud800b", "a\\udc00b"];

describe("text that no database stores", () => {
  const account = (name: string) => `{"email":"odd@example.com","password":"correct horse battery","name":"${name}"}`;

  it.each(UNSTORABLE)("%s is refused wherever text is kept", async (text) => {
    const places: [path: string, body: string, method?: string][] = [
      ["/v1/auth/register", account(text)],
      ["/v1/me", `{"name":"${text}"}`, "PATCH"],
      ["/v1/api-keys", `{"name":"${text}","scopes":["tasks:read"]}`],
      ["/v1/tasks", `{"text":"${text}"}`],
      ["/v1/tasks", `{"text":"a","name":"${text}"}`],
      ["/v1/tasks", `{"text":"a","style":"${text}"}`],
      ["/v1/tasks", `{"text":"a","metadata":{"${text}":"x"}}`],
      ["/v1/tasks", `{"text":"a","metadata":{"x":"${text}"}}`],
      ["/v1/tasks/bulk", `{"items":[{"text":"${text}"}]}`],
    ];
    for (const place of places) expect([place, (await send(...place)).status]).toEqual([place, 422]);
  });

  it("in an address is refused", async () => {
    for (const path of ["/v1/tasks/%00", "/v1/tasks?q=%00", "/v1/tasks?metadata[a]=%00", "/v1/tasks?metadata[%00]=a"]) {
      expect([path, (await world.request(path, { token })).status]).toEqual([path, 422]);
    }
    await refused(await world.request("/v1/tasks/%E0%A4%A", { token }), 400, "request/malformed");
  });
});

describe("a moment or a cursor outside of all calendars", () => {
  const OUTSIDE = ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"];

  it.each(OUTSIDE)("%s is an answer, never a failure of ours", async (moment) => {
    for (const name of ["createdAfter", "createdBefore"]) {
      const answer = await world.request(`/v1/tasks?${name}=${encodeURIComponent(moment)}`, { token });
      expect([name, answer.status]).toEqual([name, 422]);
    }
    const body = JSON.stringify({ filter: { createdAfter: moment } });
    await refused(await send("/v1/tasks/bulk/delete", body), 422, "request/invalid");
    const place = JSON.stringify([moment, "0190163d-8694-739b-aea5-966c26f8ad91"]);
    const cursor = Buffer.from(place).toString("base64url");
    for (const list of ["/v1/tasks", "/v1/me/sessions", "/v1/api-keys"]) {
      await refused(await world.request(`${list}?cursor=${cursor}`, { token }), 422, "request/cursor-invalid");
    }
  });
});

describe("a query", () => {
  it.each([
    ["q a thousand times", Array.from({ length: 1000 }, (_value, n) => `q=${n}`).join("&")],
    ["600 metadata keys", Array.from({ length: 600 }, (_value, n) => `metadata[k${n}]=1`).join("&")],
    ["a thousand names", Array.from({ length: 1000 }, (_value, n) => `n${n}=1`).join("&")],
    ["a cursor twice", "cursor=a&cursor=b"],
    ["__proto__", "__proto__=1"],
    ["__proto__ among metadata", "metadata[__proto__]=1"],
    ["constructor", "constructor=1"],
    ["metadata as text and by key", "metadata=abc&metadata[k]=v"],
    ["nested brackets", "metadata[a][b]=1"],
  ])("with %s is refused", async (_name, query) => {
    const problem = await refused(await world.request(`/v1/tasks?${query}`, { token }), 422, "request/invalid");
    expect(problem.errors?.[0]?.path).toMatch(/^query\./);
  });
});

/** Past `fetch`, which would refuse to send some of it. */
const raw = (headers: Record<string, string | string[]>): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = httpRequest(`${world.url}/v1/me`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("error", reject);
    request.end();
  });

describe("headers", () => {
  it("of 32 kB are refused before anybody reads them, and the service goes on", async () => {
    expect(await raw({ "x-bomb": "x".repeat(32_000) })).toBe(431);
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_value, n) => [`x-${n}`, "1"]));
    expect(await raw(many)).toBe(431);
    expect(await raw({ authorization: `Bearer ${token}` })).toBe(200);
  });

  it("of any bytes give an answer of ours", async () => {
    const odd = ["\u00ff\u00fe", "a".repeat(2000), "%s%n{{7*7}}", "'; DROP TABLE users; --", "../../etc/passwd"];
    for (const value of odd) {
      const names = ["user-agent", "x-request-id", "prefer", "if-match", "idempotency-key", "last-event-id"];
      const headers = Object.fromEntries(names.map((name) => [name, value]));
      expect(await raw({ ...headers, authorization: `Bearer ${token}` })).toBe(200);
    }
  });
});

describe("a bulk call", () => {
  it("of 10,001 items is refused, whichever way, and does nothing", async () => {
    const before = await countTasks();
    const id = "0190163d-8694-739b-aea5-966c26f8ad91";
    const many = <T>(item: T) => Array.from({ length: 10_001 }, () => item);
    const calls: [path: string, body: object][] = [
      ["/v1/tasks/bulk", { items: many({ text: "a" }) }],
      ["/v1/tasks/bulk/delete", { ids: many(id) }],
    ];
    for (const [path, body] of calls) await refused(await send(path, JSON.stringify(body)), 422, "request/invalid");
    expect(await countTasks()).toBe(before);
  });

  it("creates the same text twice where it is asked for twice", async () => {
    const answer = await send("/v1/tasks/bulk", '{"items":[{"text":"a"},{"text":"a"}]}');
    const { results } = (await answer.json()) as { results: { id: string }[] };
    expect(new Set(results.map(({ id }) => id)).size).toBe(2);
  });
});
