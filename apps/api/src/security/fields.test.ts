import { beforeAll, describe, expect, it } from "vitest";

import { OPERATIONS, type Operation, resolveSchema, sampleOf, type Schema, withoutNull } from "../test-operations.ts";
import { newOwnedRows, newPerson, type OwnedIds, type Person, snapshotOf } from "../test-owned.ts";
import { bodyWith, pathWith } from "../test-requests.ts";
import { useApiWorld } from "../test-use-world.ts";

const world = useApiWorld();
let owner: Person;
let ids: OwnedIds;

beforeAll(async () => {
  owner = await newPerson(world, "owner@fields.example");
  // Whose requests reach every route.
  await world.database.db.user.update({ where: { id: owner.userId }, data: { role: "admin" } });
  ids = await newOwnedRows(world, owner);
});

/** Columns, prototypes and words that other services have been tricked with; none is a field of a request. */
const EXTRA = [
  "role", "roles", "isAdmin", "admin", "is_admin", "userId", "user_id", "ownerId", "owner", "accountId", "user", "status", "stage",
  "progress", "createdAt", "created_at", "updatedAt", "completedAt", "startedAt", "attempt", "attemptToken", "attempt_token",
  "leaseUntil", "enqueuedAt", "providerJobId", "errorCode", "promptEngine", "speechEngine", "usage", "warnings", "passwordHash",
  "password_hash", "hash", "refreshHash", "storageKey", "taskId", "object", "constructor", "prototype", "toString", "__proto__", "$set",
  "sid",
]; // prettier-ignore

/** Some 1,400 requests. */
const SLOW = { timeout: 120_000 };

/** Providers may add to what they send, so their calls are not held to a schema; hooks.test.ts has their refusals. */
const WITH_BODY = OPERATIONS.filter(({ body, contract }) => body !== null && contract.limit !== "hook");

type Place = { path: string[]; schema: Schema };

/** Every place of a schema: objects, lists and what they hold; free keys have no fields of their own. */
const placesOf = (schema: Schema, path: string[] = []): Place[] => {
  const one = withoutNull(schema);
  const inside = Object.entries(one.properties ?? {}).flatMap(([name, child]) => placesOf(child, [...path, name]));
  const items = one.items === undefined ? [] : placesOf(one.items, [...path, "0"]);
  return [{ path, schema }, ...inside, ...items];
};

const isRecord = ({ properties, additionalProperties }: Schema): boolean =>
  properties === undefined && additionalProperties !== undefined && additionalProperties !== false;

const isObject = ({ schema }: Place): boolean => withoutNull(schema).properties !== undefined;

/** A copy of `root` in which the value at `path` is `value`, with samples of what is missing on the way. */
const withValue = (root: unknown, at: { schema: Schema; path: readonly string[] }, value: unknown): unknown => {
  const [key, ...rest] = at.path;
  if (key === undefined) return value;
  const one = withoutNull(at.schema);
  if (one.items !== undefined) {
    const [first, ...others] = Array.isArray(root) && root.length > 0 ? root : [sampleOf(one.items)];
    return [withValue(first, { schema: one.items, path: rest }, value), ...others];
  }
  const child = one.properties?.[key] ?? {};
  const before: Record<string, unknown> = { ...(root as object) };
  const inner = withValue(before[key] ?? sampleOf(child), { schema: child, path: rest }, value);
  return Object.fromEntries([...Object.entries(before).filter(([name]) => name !== key), [key, inner]]);
};

const valueAt = (root: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], root);

/** As raw text: `__proto__` among other names is then a field like any. */
const send = async ({ contract, ...operation }: Operation, body: unknown) => {
  const answer = await world.request(pathWith({ contract, ...operation }, ids), {
    method: contract.method.toUpperCase(),
    ...(contract.auth !== "none" && { token: owner.token }),
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  const problem = (text === "" ? {} : JSON.parse(text)) as { errors?: { path: string }[] };
  return { status: answer.status, paths: (problem.errors ?? []).map(({ path }) => path) };
};

/** What a place takes by JSON type; null for a place that takes anything. */
const typesOf = (schema: Schema): Set<string> | null => {
  const one = resolveSchema(schema);
  const choices = (one.anyOf ?? one.oneOf)?.map(typesOf);
  if (choices !== undefined) return new Set(choices.flatMap((types) => [...(types ?? [])]));
  if (one.const !== undefined) return new Set([typeof one.const]);
  if (one.type === undefined) return null;
  return new Set([one.type].flat().map((type) => (type === "integer" ? "number" : type)));
};

const WRONG: Record<string, unknown> = {
  string: "\t",
  number: -1.5,
  boolean: false,
  object: { x: 1 },
  array: [[]],
  null: null,
};

const wrongFor = (schema: Schema): unknown[] => {
  const types = typesOf(schema);
  if (types === null) return [];
  return Object.entries(WRONG).flatMap(([type, value]) => (types.has(type) ? [] : [value]));
};

/** The fault is at the place itself, or at the row that cannot be made out with it. */
const namesPath = (paths: readonly string[], expected: string): boolean =>
  paths.some((path) => path === expected || path.startsWith(`${expected}.`));

describe(`${WITH_BODY.length} operations with a body`, () => {
  it(`refuse ${EXTRA.length} fields that are not theirs, at every depth, and change nothing`, SLOW, async () => {
    const before = await snapshotOf(world, owner.userId);
    let sent = 0;
    for (const operation of WITH_BODY) {
      const schema = operation.body ?? {};
      const good = bodyWith(operation, ids);
      for (const place of placesOf(schema).filter(isObject)) {
        const object = valueAt(good, place.path) ?? sampleOf(place.schema);
        const fields = withoutNull(place.schema).properties ?? {};
        const extra = EXTRA.filter((name) => !Object.hasOwn(fields, name));
        const check = async (name: string): Promise<void> => {
          const spoilt = Object.fromEntries([...Object.entries(object as object), [name, "admin"]]);
          const { status, paths } = await send(operation, withValue(good, { schema, path: place.path }, spoilt));
          const at = ["body", ...place.path, name].join(".");
          expect([operation.name, at, status, paths, paths.includes(at)]).toEqual([
            operation.name,
            at,
            422,
            paths,
            true,
          ]);
        };
        await Promise.all(extra.map(check));
        sent += extra.length;
      }
    }
    expect(await snapshotOf(world, owner.userId)).toEqual(before);
    process.stdout.write(`extra fields: ${WITH_BODY.length} operations, ${sent} requests\n`);
  });

  it("refuse a value of the wrong type in every place, by its path, and change nothing", SLOW, async () => {
    const before = await snapshotOf(world, owner.userId);
    let sent = 0;
    for (const operation of WITH_BODY) {
      const schema = operation.body ?? {};
      const good = bodyWith(operation, ids);
      for (const place of placesOf(schema).filter(({ path, schema: at }) => path.length > 0 && !isRecord(at))) {
        for (const wrong of wrongFor(place.schema)) {
          const { status, paths } = await send(operation, withValue(good, { schema, path: place.path }, wrong));
          const expected = ["body", ...place.path].join(".");
          const seen = [operation.name, expected, wrong, status, paths];
          expect([...seen, namesPath(paths, expected)]).toEqual([operation.name, expected, wrong, 422, paths, true]);
          sent += 1;
        }
      }
    }
    expect(await snapshotOf(world, owner.userId)).toEqual(before);
    process.stdout.write(`wrong types: ${WITH_BODY.length} operations, ${sent} requests\n`);
  });
});
