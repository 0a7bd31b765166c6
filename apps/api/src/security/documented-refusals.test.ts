import { newId } from "@phonoscene/kernel";
import { useDatabase } from "@phonoscene/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { buildOpenApiDocument } from "../http/openapi.ts";
import { OPERATIONS, type Operation } from "../test-operations.ts";
import type { OwnedIds } from "../test-owned.ts";
import { ask, pathWith } from "../test-requests.ts";
import { type ApiWorld, startApiWorld } from "../test-world.ts";

const { paths = {} } = buildOpenApiDocument("0.0.0-test");

/** Tested beside their own tests: they judge a token of another kind, a provider's secret or the process's end first. */
const ON_THEIR_OWN = new Set([
  "POST /v1/auth/refresh",
  "POST /v1/auth/logout",
  "POST /v1/hooks/assemblyai/{hookId}",
  "GET /healthz",
]);

/** The operations whose document names this answer. */
const documenting = (status: number): Operation[] =>
  OPERATIONS.filter(({ name, contract: { path, method } }) => {
    if (ON_THEIR_OWN.has(name)) return false;
    const operation = (paths[path] as Record<string, { responses: object }> | undefined)?.[method];
    return Object.hasOwn(operation?.responses ?? {}, status);
  });

/** Rows that nobody has. */
const newIds = (): OwnedIds => {
  const id = newId();
  return {
    task: id,
    prompt: id,
    session: id,
    apiKey: id,
    audio: id,
    style: id,
    webhook: id,
    delivery: id,
  };
};

const databaseOf = useDatabase();
let world: ApiWorld;
let token: string;

beforeAll(async () => {
  const limits = {
    apiPerMinute: 1,
    bulkPerMinute: 1,
    registerPerHour: 1,
    loginPerMinute: 1,
    refreshPerMinute: 1,
    hookPerMinute: 1,
  };
  world = await startApiWorld(databaseOf.url, { limits });
  token = await world.newUser("ada@example.com");
  await world.request("/v1/me", { token });
});
afterAll(() => world.close());

const tokenFor = ({ contract }: Operation): string | null => (contract.auth === "bearer" ? token : null);

describe("what the document says of every route", () => {
  const limited = documenting(429);
  it(`${limited.length} routes answer 429 once their caller asked too often`, async () => {
    const answers: [string, number][] = [];
    for (const operation of limited) {
      const request = { ids: newIds(), token: tokenFor(operation) };
      await ask(world, operation, request);
      answers.push([operation.name, (await ask(world, operation, request)).status]);
    }
    expect(answers.filter(([, status]) => status !== 429)).toEqual([]);
  });

  const stranded = documenting(503);
  it(`${stranded.length} routes answer 503 while the database cannot be reached`, async () => {
    const alone = await startApiWorld("postgresql://nobody@127.0.0.1:1/nowhere");
    try {
      const answers: [string, number][] = [];
      for (const operation of stranded) {
        const { status } = await ask(alone, operation, { ids: newIds(), token: tokenFor(operation) });
        answers.push([operation.name, status]);
      }
      expect(answers.filter(([, status]) => status !== 503)).toEqual([]);
    } finally {
      await alone.close();
    }
  });
});

describe("a body that cannot be read", () => {
  let open: ApiWorld;
  let caller: string;
  beforeAll(async () => {
    open = await startApiWorld(databaseOf.url);
    caller = await open.newUser("bea@example.com");
    await open.database.db.user.update({ where: { email: "bea@example.com" }, data: { role: "admin" } });
  });
  afterAll(() => open.close());

  const send = async (operation: Operation, body: string, type: string): Promise<number> => {
    const init = { method: operation.contract.method.toUpperCase(), headers: { "content-type": type }, body };
    const auth = operation.contract.auth === "bearer" ? { token: caller } : {};
    return (await open.request(pathWith(operation, newIds()), { ...init, ...auth })).status;
  };
  const withBody = new Set(OPERATIONS.filter(({ body }) => body !== null));

  it.each([
    [400, "that breaks off", "{", "application/json"],
    [413, "that is too large", JSON.stringify({ text: "a".repeat(20_000_000) }), "application/json"],
    [415, "of another type", "<a/>", "text/xml"],
  ])("%i: one %s, on every route that takes one", async (status, _what, body, type) => {
    const routes = documenting(status).filter((operation) => withBody.has(operation));
    expect(routes.length).toBeGreaterThan(15);
    const answers: [string, number][] = [];
    for (const operation of routes) answers.push([operation.name, await send(operation, body, type)]);
    expect(answers.filter((answer) => answer[1] !== status)).toEqual([]);
  });
});
