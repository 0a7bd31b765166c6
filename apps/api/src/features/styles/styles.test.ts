import type { Style } from "@phonoscene/contracts";
import { createStyle } from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";
import { beforeEach, expect, it } from "vitest";

import { newPerson, type Person } from "../../test-owned.ts";
import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();
let person: Person;
beforeEach(async () => {
  person = await newPerson(world, `${newId()}@example.com`);
});

const call = (method: string, path: string, json?: object, ifMatch?: string) =>
  world.request(path, {
    method,
    token: person.token,
    ...(json !== undefined && { json }),
    ...(ifMatch !== undefined && { headers: { "if-match": ifMatch } }),
  });
const create = async (json: object): Promise<Style> => (await (await call("POST", "/v1/styles", json)).json()) as Style;

it("a style is made, read, changed under its ETag, listed and deleted", async () => {
  const made = await call("POST", "/v1/styles", { name: "Noir", film: "Kodak Tri-X 400 film", aspectRatio: "16:9" });
  expect([made.status, made.headers.get("etag")]).toEqual([201, '"1"']);
  const style = (await made.json()) as Style;
  expect(style).toMatchObject({ object: "style", name: "Noir", camera: null, aspectRatio: "16:9", version: 1 });
  const path = `/v1/styles/${style.id}`;
  expect(made.headers.get("location")).toBe(path);
  const changed = await call("PATCH", path, { film: null, lens: "50mm lens", aspectRatio: "1:1" }, '"1"');
  expect(await changed.json()).toMatchObject({ film: null, lens: "50mm lens", aspectRatio: "1:1", version: 2 });
  const stale = await call("PATCH", path, { film: "x" }, '"1"');
  expect(await stale.json()).toMatchObject({ status: 412, current: { version: 2, lens: "50mm lens" } });
  expect(await (await call("GET", "/v1/styles")).json()).toMatchObject({ data: [{ id: style.id }], hasMore: false });
  expect((await call("DELETE", path)).status).toBe(204);
  expect((await call("GET", path)).status).toBe(404);
});

it("pages neither repeat nor hide a style", async () => {
  for (const name of ["a", "b", "c"]) await create({ name, film: "sheet film" });
  const first = (await (await call("GET", "/v1/styles?limit=2")).json()) as { data: Style[]; nextCursor: string };
  const second = (await (await call("GET", `/v1/styles?limit=2&cursor=${first.nextCursor}`)).json()) as typeof first;
  expect([...first.data, ...second.data].map(({ name }) => name)).toEqual(["c", "b", "a"]);
  expect(second.nextCursor).toBeNull();
});

it("a name is one's own once, whether it is made or changed; others may have it too", async () => {
  await create({ name: "Noir", film: "sheet film" });
  const other = await create({ name: "Sepia", film: "sheet film" });
  const again = await call("POST", "/v1/styles", { name: "Noir", film: "sheet film" });
  expect(await again.json()).toMatchObject({ status: 409, code: "style/name-taken" });
  const renamed = await call("PATCH", `/v1/styles/${other.id}`, { name: "Noir" });
  expect(await renamed.json()).toMatchObject({ status: 409, code: "style/name-taken" });
  person = await newPerson(world, `${newId()}@example.com`);
  expect((await call("POST", "/v1/styles", { name: "Noir", film: "sheet film" })).status).toBe(201);
});

it("twenty at once do not pass the limit", async () => {
  const look = { camera: null, lens: null, photography: null, style: null, negative: null, aspectRatio: null };
  const results = await Promise.all(
    Array.from({ length: 20 }, (_value, at) =>
      createStyle(world.database.db, { ...look, film: "x", userId: person.userId, name: `${at}` }, 5),
    ),
  );
  expect(results.filter((result) => result !== "too-many")).toHaveLength(5);
});

it("a task names a style of its owner; another one's is refused with its path, wherever a task is made", async () => {
  const own = await create({ name: "Noir", film: "sheet film" });
  const made = await call("POST", "/v1/tasks", { text: "Words.", styleId: own.id });
  const task = (await made.json()) as { id: string };
  expect([made.status, task]).toMatchObject([202, { options: { styleId: own.id } }]);
  person = await newPerson(world, `${newId()}@example.com`);
  const mine = (await (await call("POST", "/v1/tasks", { text: "Words." })).json()) as { id: string };
  for (const [method, path, json, at] of [
    ["POST", "/v1/tasks", { text: "Words.", styleId: own.id }, "body.styleId"],
    ["PATCH", `/v1/tasks/${mine.id}`, { styleId: own.id }, "body.styleId"],
    [
      "POST",
      "/v1/tasks/bulk",
      { items: [{ text: "Words." }, { text: "Words.", styleId: own.id }] },
      "body.items.1.styleId",
    ],
  ] as const) {
    const answer = await call(method, path, json);
    const { errors = [] } = (await answer.json()) as { errors?: { path: string }[] };
    expect([path, answer.status, errors.map((fault) => fault.path)]).toEqual([path, 422, [at]]);
  }
});
