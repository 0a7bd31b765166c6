import { beforeAll, describe, expect, it } from "vitest";

import { checkAgainst } from "./test-conformance.ts";
import { OPERATIONS, type Operation, resolveSchema } from "./test-operations.ts";
import { newOwnedRows, newPerson, type OwnedIds, PASSWORD, type Person, WAV } from "./test-owned.ts";
import { pathWith } from "./test-requests.ts";
import { useApiWorld } from "./test-use-world.ts";

const world = useApiWorld();

type Example = { pointer: string; schema: string; value: unknown };

const escape = (key: string): string => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"));

/** Under `properties`, `examples` and the like are names of fields. */
const isNames = (pointer: string): boolean => /\/(?:properties|schemas)$/.test(pointer);

const ownExamples = (node: Record<string, unknown>, pointer: string): Example[] => {
  const schema = node["schema"] === undefined ? pointer : `${pointer}/schema`;
  const one = "example" in node ? [node["example"]] : [];
  // In a schema a list; in a parameter or a body, by name.
  const several = Object.values(node["examples"] ?? {}).map((entry: unknown) =>
    schema === pointer ? entry : (entry as { value: unknown }).value,
  );
  return [...one, ...several].map((value) => ({ pointer, schema, value }));
};

/** Every example of the document, wherever it stands. */
const examplesOf = (node: unknown, pointer: string): Example[] => {
  if (typeof node !== "object" || node === null) return [];
  const own = isNames(pointer) || Array.isArray(node) ? [] : ownExamples(node as Record<string, unknown>, pointer);
  const inside = Object.entries(node).filter(([key]) => isNames(pointer) || !/^(?:examples?|default)$/.test(key));
  return [...own, ...inside.flatMap(([key, child]) => examplesOf(child, `${pointer}/${escape(key)}`))];
};

let examples: Example[];
let document: {
  paths: Record<string, Record<string, { parameters?: { name: string; in: string; schema: object }[] }>>;
};

beforeAll(async () => {
  document = (await (await world.request("/openapi.json")).json()) as typeof document;
  reader = await newOwner();
  examples = Object.entries(document).flatMap(([key, child]) => examplesOf(child, escape(key)));
});

it("every example is what its schema says", () => {
  expect(examples.length).toBeGreaterThan(60);
  for (const { pointer, schema, value } of examples) checkAgainst(`the example at ${pointer}`, schema, value);
});

it("an example that its schema does not take is told with its place", () => {
  expect(() => checkAgainst("the example", "components/schemas/Login", { email: "ada" })).toThrow("the example: /");
});

/** What the examples of guarded operations name, and what is there in its place. */
const standIns = (ids: OwnedIds): [example: string, own: string][] => [
  ["019ab2f4-7b21-7d3c-8a5e-61c0f2d4e8a7", ids.task],
  ["019ab2f4-8c44-7e0f-b2d1-3f5a7c9e1b60", ids.prompt],
  ["019ab2f4-6a3e-7c51-9d0e-2f7a5b8c9d10", ids.audio],
  ["seven quiet lanterns", PASSWORD],
];

/** The example of the body as text; undefined where the operation takes no JSON. */
const bodyOf = ({ name, body, contract }: Operation, ids: OwnedIds): string | undefined => {
  if (body === null) return undefined;
  const { example } = resolveSchema(body);
  if (example === undefined) throw new Error(`${name} has no example of its body: give its schema one`);
  const text = JSON.stringify(example);
  return contract.auth === "none" ? text : standIns(ids).reduce((done, pair) => done.replaceAll(...pair), text);
};

/** A query of the examples of its parameters. */
const queryOf = ({ contract }: Operation): string => {
  const parameters = document.paths[contract.path]?.[contract.method]?.parameters ?? [];
  const given = parameters.flatMap(({ name, in: place, schema }): [string, string][] =>
    place === "query" && "example" in schema ? [[name, String(schema.example)]] : [],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
};

type Owner = { person: Person; ids: OwnedIds };

/** An administrator, for whom every route is there, with rows of their own. */
const newOwner = async (): Promise<Owner> => {
  const person = await newPerson(world, `${crypto.randomUUID()}@example.com`);
  await world.database.db.user.update({ where: { id: person.userId }, data: { role: "admin" } });
  return { person, ids: await newOwnedRows(world, person) };
};

let reader: Owner;
/** Reading leaves everything as it was; whatever else is asked is asked by somebody new. */
const ownerFor = async ({ contract }: Operation): Promise<Owner> => (contract.method === "get" ? reader : newOwner());

const send = async (operation: Operation, token: string, ids: OwnedIds): Promise<Response> => {
  const { contract } = operation;
  const body = bodyOf(operation, ids);
  const form = new FormData();
  if (body === undefined && contract.multipart !== undefined) form.set("audio", new Blob([WAV]), "talk.wav");
  return world.request(pathWith(operation, ids) + queryOf(operation), {
    method: contract.method.toUpperCase(),
    ...(contract.auth !== "none" && { token }),
    ...(body !== undefined && { headers: { "content-type": "application/json" }, body }),
    ...(form.has("audio") && { body: form }),
  });
};

/** There is no refresh token that an example could name, so theirs is refused as one that is nobody's. */
const NAMES_REFRESH_TOKEN = new Set(["refresh", "logout"]);
/** The address and the header of a provider's call are secrets that no document shows. */
const SENDABLE = OPERATIONS.filter(({ contract }) => contract.limit !== "hook");

describe("what the document shows as a request", () => {
  it.each(SENDABLE)("$name is answered with success, or with what the state of the row forbids", async (operation) => {
    const { person, ids } = await ownerFor(operation);
    const answer = await send(operation, person.token, ids);
    const isFine = answer.ok || [404, 409].includes(answer.status);
    const isRefused = NAMES_REFRESH_TOKEN.has(operation.contract.operationId) && answer.status === 401;
    if (isFine || isRefused) await answer.body?.cancel();
    const shown = isFine || isRefused ? "" : await answer.text();
    expect([answer.status, shown]).toEqual([answer.status, ""]);
  });
});
