import type { Bible } from "@phonoscene/contracts";
import { retryTask } from "@phonoscene/db";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { newPerson, type Person } from "../../test-owned.ts";
import { newStoryboard } from "../../test-storyboard.ts";
import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();
let person: Person;
let taskId: string;
beforeAll(async () => {
  person = await newPerson(world, "ada@bible.example");
});
beforeEach(async () => {
  taskId = await newStoryboard(world, person.token, ["a"]);
});

const get = () => world.request(`/v1/tasks/${taskId}/bible`, { token: person.token });
const patch = (json: object, ifMatch?: string) =>
  world.request(`/v1/tasks/${taskId}/bible`, {
    method: "PATCH",
    token: person.token,
    json,
    ...(ifMatch !== undefined && { headers: { "if-match": ifMatch } }),
  });

describe("the bible of a task", () => {
  it("says who is there and in which look, with its ETag", async () => {
    const answer = await get();
    expect(answer.headers.get("etag")).toBe('"1"');
    expect(await answer.json()).toMatchObject({
      object: "bible",
      version: 1,
      entities: [{ id: "character-keeper", description: "an old keeper", origin: "text" }],
      style: { film: "sheet film", isEdited: false },
    });
  });

  it("takes new entities, changes and deletions in one call, and says which its owner wrote", async () => {
    const answer = await patch({
      entities: [
        { id: "character-keeper", description: "an old keeper in a red scarf" },
        { kind: "place", name: "Harbour", description: "a harbour in fog", aliases: ["port"] },
        { kind: "place", name: "harbour", description: "another harbour" },
      ],
      style: { film: "Ilford HP5 Plus film" },
    });
    const bible = (await answer.json()) as Bible;
    expect(bible.version).toBe(2);
    expect(bible.entities.map(({ id, origin }) => [id, origin])).toEqual([
      ["character-keeper", "edited"],
      ["place-harbour", "edited"],
      ["place-harbour-2", "edited"],
    ]);
    expect(bible.style).toMatchObject({ film: "Ilford HP5 Plus film", camera: "box camera", isEdited: true });
    const after = (await (await patch({ entities: [{ id: "place-harbour", delete: true }] })).json()) as Bible;
    expect(after.entities.map(({ id }) => id)).toEqual(["character-keeper", "place-harbour-2"]);
    const row = await world.database.db.bible.findUniqueOrThrow({ where: { taskId } });
    expect(row.removedIds).toEqual(["place-harbour"]);
  });

  it("is not changed on the ground of an older version: 412 with the current one", async () => {
    expect((await patch({ style: { film: "a" } }, '"1"')).status).toBe(200);
    const answer = await patch({ style: { film: "b" } }, '"1"');
    expect(await answer.json()).toMatchObject({ status: 412, current: { version: 2, style: { film: "a" } } });
  });

  it.each([
    ["an entity that is not there", { entities: [{ id: "x", name: "y" }] }, ["body.entities.0.id"]],
    ["a new one without its looks", { entities: [{ kind: "place", name: "y" }] }, ["body.entities.0.description"]],
    ["nothing", {}, ["body"]],
    ["a part of the look that is empty", { style: { film: " " } }, ["body.style.film"]],
  ])("refuses %s by its path", async (_name, json, paths) => {
    const answer = await patch(json);
    expect(answer.status).toBe(422);
    const { errors } = (await answer.json()) as { errors: { path: string }[] };
    expect(errors.map(({ path }) => path)).toEqual(paths);
  });

  it("waits for a run to end, and is not there before the first one", async () => {
    await retryTask(world.database.db, { id: taskId, userId: person.userId });
    expect(await (await patch({ style: { film: "b" } })).json()).toMatchObject({ status: 409, code: "task/not-ready" });
    const made = await world.request("/v1/tasks", { method: "POST", token: person.token, json: { text: "Words." } });
    taskId = ((await made.json()) as { id: string }).id;
    expect(await (await get()).json()).toMatchObject({ status: 404, code: "bible/not-found" });
  });
});
