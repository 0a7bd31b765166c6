import { beforeAll, describe, expect, it } from "vitest";

import { OPERATIONS, type Operation } from "../test-operations.ts";
import { logIn, newApiKey, newOwnedRows, newPerson, type OwnedIds, type Person, snapshotOf } from "../test-owned.ts";
import { ask, namesRows } from "../test-requests.ts";
import { useApiWorld } from "../test-use-world.ts";

const world = useApiWorld();

const GUARDED = OPERATIONS.filter(({ contract }) => contract.auth === "bearer");
const NAMING = GUARDED.filter(namesRows);
/** What ends the caller's own account or session is not for the callers that are needed afterwards. */
const ENDS_CALLER = new Set(["logoutAll", "deleteMe", "changePassword"]);
const SCOPES = ["tasks:read", "tasks:write"] as const;

let owner: Person;
let ids: OwnedIds;
let strangers: Record<string, string>;
let loggedOut: string;
let cells = 0;

const askAs = async (operation: Operation, token: string | null, of = ids) => {
  cells += 1;
  return ask(world, operation, { ids: of, token });
};

beforeAll(async () => {
  owner = await newPerson(world, "owner@access.example");
  const gone = await logIn(world, owner.email);
  await world.request("/v1/auth/logout", { method: "POST", token: gone.token });
  loggedOut = gone.token;
  ids = await newOwnedRows(world, owner);
  const other = await newPerson(world, "other@access.example");
  const admin = await newPerson(world, "admin@access.example");
  await world.database.db.user.update({ where: { id: admin.userId }, data: { role: "admin" } });
  const key = await newApiKey(world, other.token, [...SCOPES]);
  strangers = { "another user": other.token, "an admin": admin.token, "another user's key": key.key };
});

const hasItemFault = (text: string): boolean => /"code":"(?:bulk\/refused|task\/not-found)"/.test(text);

/** What an answer to somebody else may be: the row is not there, or this route is not for keys. */
const isDenied = (
  { contract }: Operation,
  { status, text }: { status: number; text: string },
  who: string,
): boolean => {
  if (who.endsWith("key") && contract.scope === undefined) return status === 403;
  if (contract.path.includes("{")) return status === 404;
  return status === 404 || (status === 422 && hasItemFault(text));
};

describe(`${GUARDED.length} guarded operations, ${NAMING.length} of which name rows`, () => {
  it("somebody else, an admin too, finds no row and changes none; nobody gets in without a token", async () => {
    const before = await snapshotOf(world, owner.userId);
    for (const operation of NAMING) {
      for (const [who, token] of Object.entries(strangers)) {
        const answer = await askAs(operation, token);
        expect([operation.name, who, answer, isDenied(operation, answer, who)]).toEqual([
          operation.name,
          who,
          answer,
          true,
        ]);
      }
    }
    for (const operation of GUARDED) {
      for (const token of [null, loggedOut, "ps_made-up"]) {
        expect([operation.name, (await askAs(operation, token)).status]).toEqual([operation.name, 401]);
      }
    }
    expect(await snapshotOf(world, owner.userId)).toEqual(before);
  });

  it("what lists or exports shows nothing of the owner to somebody else", async () => {
    const lists = GUARDED.filter((operation) => operation.contract.method === "get" && !namesRows(operation));
    expect(lists.length).toBeGreaterThanOrEqual(5);
    for (const operation of lists) {
      for (const [who, token] of Object.entries(strangers)) {
        const { text } = await askAs(operation, token);
        const shown = [owner.userId, owner.email, ...Object.values(ids)].filter((secret) => text.includes(secret));
        expect([operation.name, who, shown]).toEqual([operation.name, who, []]);
      }
    }
  });

  it("the owner's key without the scope is refused, and so is any key where there is no scope", async () => {
    for (const operation of GUARDED) {
      const scopes = SCOPES.filter((scope) => scope !== operation.contract.scope);
      const { key } = await newApiKey(world, owner.token, scopes);
      expect([operation.name, (await askAs(operation, key)).status]).toEqual([operation.name, 403]);
    }
  });

  it("the owner is let in everywhere, each time to rows that are there", { timeout: 120_000 }, async () => {
    for (const operation of NAMING.filter(({ contract }) => !ENDS_CALLER.has(contract.operationId))) {
      const rows = operation.contract.method === "get" ? ids : await newOwnedRows(world, owner);
      const answer = await askAs(operation, owner.token, rows);
      const isFine = answer.status < 300 || answer.status === 409;
      expect([operation.name, answer, isFine]).toEqual([operation.name, answer, true]);
    }
    process.stdout.write(`access: ${OPERATIONS.length} operations, ${cells} cells\n`);
  });
});

describe("a token of a session that is over", () => {
  const OVER: [name: string, end: (person: Person) => Promise<Response>][] = [
    ["logout", ({ token }) => world.request("/v1/auth/logout", { method: "POST", token })],
    ["logout everywhere", ({ token }) => world.request("/v1/auth/logout-all", { method: "POST", token })],
    [
      "the account's end",
      ({ token }) => world.request("/v1/me", { method: "DELETE", token, json: { password: "correct horse battery" } }),
    ],
    [
      "a new password, set from another session",
      async ({ email }) => {
        const json = { currentPassword: "correct horse battery", newPassword: "a wholly different phrase" };
        const { token } = await logIn(world, email);
        return world.request("/v1/me/password", { method: "POST", token, json });
      },
    ],
  ];

  it.each(OVER)("by %s is refused on every route, and its refresh token too", async (name, end) => {
    const person = await newPerson(world, `${name.replaceAll(/\W/g, "-")}@over.example`);
    expect((await end(person)).status).toBe(204);
    for (const operation of GUARDED) {
      const { status } = await ask(world, operation, { ids, token: person.token });
      expect([operation.name, status]).toEqual([operation.name, 401]);
    }
    const json = { refreshToken: person.refreshToken };
    expect((await world.request("/v1/auth/refresh", { method: "POST", json })).status).toBe(401);
  });
});
