import { newId } from "@phonoscene/kernel";
import { beforeEach, describe, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();
let token: string;

beforeEach(async () => {
  token = await world.newUser(`${newId()}@example.com`);
});

type TaskBody = { id: string; version: number; options: Record<string, unknown> };
type ProblemBody = { status: number; errors: { path: string; message: string }[] };

const post = (json: object, path = "/v1/tasks") => world.request(path, { method: "POST", token, json });
const created = async (json: object): Promise<TaskBody> =>
  (await (await post({ text: "A fox ran.", ...json })).json()) as TaskBody;
const patch = (id: string, json: object) => world.request(`/v1/tasks/${id}`, { method: "PATCH", token, json });
const problemOf = async (answer: Response): Promise<ProblemBody> => {
  expect(answer.status).toBe(422);
  return (await answer.json()) as ProblemBody;
};
const upload = (fields: Record<string, string>) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set("audio", new Blob([Buffer.from("RIFF$\0\0\0WAVEfmt "), Buffer.alloc(64)]), "tape.wav");
  return world.request("/v1/tasks", { method: "POST", token, body: form });
};

describe("secondsPerScene", () => {
  it("is kept, from JSON, from a form, and in bulk", async () => {
    expect((await created({ secondsPerScene: 7.5 })).options).toMatchObject({ secondsPerScene: 7.5, count: null });
    expect(await (await upload({ secondsPerScene: "12" })).json()).toMatchObject({ options: { secondsPerScene: 12 } });
    const made = await post({ items: [{ text: "One.", secondsPerScene: 20 }] }, "/v1/tasks/bulk");
    const { results } = (await made.json()) as { results: { id: string }[] };
    const row = await world.database.db.task.findUniqueOrThrow({ where: { id: results[0]?.id ?? "" } });
    expect(row.options).toMatchObject({ secondsPerScene: 20 });
  });

  it.each([1.9, 600.5, "10", 0, -5])("%j is refused", async (secondsPerScene) => {
    const { errors } = await problemOf(await post({ text: "A fox ran.", secondsPerScene }));
    expect(errors).toMatchObject([{ path: "body.secondsPerScene" }]);
  });

  it.each(["1", "many", ""])("in a form %j is refused", async (secondsPerScene) => {
    const { errors } = await problemOf(await upload({ secondsPerScene }));
    expect(errors).toMatchObject([{ path: "body.secondsPerScene" }]);
  });

  it("with count is refused, wherever a task is made", async () => {
    const both = { count: 3, secondsPerScene: 10 };
    const refused = await Promise.all([
      post({ text: "A fox ran.", ...both }),
      upload({ count: "3", secondsPerScene: "10" }),
    ]);
    for (const answer of refused) {
      const { errors } = await problemOf(answer);
      expect(errors).toMatchObject([
        { path: "body.secondsPerScene", message: expect.stringContaining("either `count`") },
      ]);
    }
    const { errors } = await problemOf(await post({ items: [{ text: "One.", ...both }] }, "/v1/tasks/bulk"));
    expect(errors[0]?.path).toContain("secondsPerScene");
  });

  it.each([
    [{ count: 4 }, { secondsPerScene: 10 }, "body.secondsPerScene"],
    [{ secondsPerScene: 10 }, { count: 4 }, "body.count"],
    [{}, { count: 4, secondsPerScene: 10 }, "body.secondsPerScene"],
    [{ secondsPerScene: 10 }, { count: 4, secondsPerScene: 10 }, "body.secondsPerScene"],
  ])("a task with %j refuses %j and stays", async (before, change, path) => {
    const { id, version, options } = await created(before);
    const { errors } = await problemOf(await patch(id, change));
    expect(errors).toMatchObject([{ path, message: expect.stringContaining("either `count`") }]);
    const after = (await (await world.request(`/v1/tasks/${id}`, { token })).json()) as TaskBody;
    expect(after).toMatchObject({ version, options });
  });

  it("takes the place of count, and gives it back, where the other is nulled in the same call", async () => {
    const { id } = await created({ count: 4 });
    const to = await patch(id, { secondsPerScene: 10, count: null });
    expect(await to.json()).toMatchObject({ options: { secondsPerScene: 10, count: null } });
    const back = await patch(id, { secondsPerScene: null, count: 5 });
    expect(await back.json()).toMatchObject({ options: { secondsPerScene: null, count: 5 } });
  });
});

describe("target and its version", () => {
  const given = {
    targetVersion: "7",
    parameters: { stylize: 250, sref: ["random"] },
    contentType: "song",
    promptLanguage: "uk",
  };

  it("are kept with parameters, content type and prompt language: from JSON, from a form, in bulk and by a change", async () => {
    const { id, options } = await created(given);
    expect(options).toMatchObject(given);
    const form = { ...given, parameters: JSON.stringify(given.parameters) };
    expect(await (await upload(form)).json()).toMatchObject({ options: given });
    const made = await post({ items: [{ text: "One.", ...given }] }, "/v1/tasks/bulk");
    const { results } = (await made.json()) as { results: { id: string }[] };
    const row = await world.database.db.task.findUniqueOrThrow({ where: { id: results[0]?.id ?? "" } });
    expect(row.options).toMatchObject(given);
    const change = { targetVersion: "niji 7", parameters: null, contentType: null, promptLanguage: "en" };
    expect(await (await patch(id, change)).json()).toMatchObject({ options: change });
  });

  it("are the default where nobody asks", async () => {
    expect((await created({})).options).toMatchObject({
      target: "midjourney",
      targetVersion: null,
      parameters: null,
      contentType: null,
      promptLanguage: "en",
    });
  });

  it.each([
    [{ targetVersion: "6.1" }, "targetVersion", /8\.2, 8\.1, 7, niji 7/],
    [{ target: "flux", targetVersion: "7" }, "targetVersion", /"flux" has no version "7": leave/],
    [{ target: "dalle" }, "target", /plain/],
    [{ parameters: { stylize: 1001 } }, "parameters.stylize", /1000/],
    [{ parameters: { sref: ["a b --ar 1:1"] } }, "parameters.sref.0", /style reference is/],
    [{ parameters: { oref: "ftp://example.com/a" } }, "parameters.oref", /address/],
    [{ contentType: "opera" }, "contentType", /song/],
    [{ promptLanguage: "en-US-GB" }, "promptLanguage", /BCP 47/],
    [{ promptLanguage: "auto" }, "promptLanguage", /BCP 47/],
  ])("%j is refused, also as a change", async (options, path, words) => {
    const { id } = await created({});
    for (const answer of [await post({ text: "A fox ran.", ...options }), await patch(id, options)]) {
      const { errors } = await problemOf(answer);
      expect(errors[0]).toMatchObject({ path: `body.${path}`, message: expect.stringMatching(words) });
    }
  });

  it.each([
    [{ target: "sdxl" }, { targetVersion: "7" }, "body.targetVersion"],
    [{ targetVersion: "7" }, { target: "sdxl" }, "body.target"],
  ])("a task with %j refuses %j, unless the other changes with it", async (before, change, path) => {
    const { id } = await created(before);
    const { errors } = await problemOf(await patch(id, change));
    expect(errors).toMatchObject([{ path, message: expect.stringContaining('"sdxl" has no version "7"') }]);
    const both = {
      target: "midjourney",
      targetVersion: "7",
      ...change,
      ...("target" in change ? { targetVersion: null } : {}),
    };
    expect(await (await patch(id, both)).json()).toMatchObject({ options: both });
  });
});

describe("formula", () => {
  it("is kept beside an instruction, and can be changed", async () => {
    const given = { formula: "[subject], [action], [place], [style]", instruction: "Everything at night." };
    const { id, options } = await created(given);
    expect(options).toMatchObject(given);
    const changed = await patch(id, { formula: "[Lens Type]\n[5 descriptive keywords]" });
    expect(await changed.json()).toMatchObject({
      options: { formula: "[Lens Type]\n[5 descriptive keywords]", instruction: "Everything at night." },
    });
    expect(await (await patch(id, { formula: null })).json()).toMatchObject({ options: { formula: null } });
  });

  it.each([
    [
      "[subject], [background music], [constructor]",
      /no slot \[background music\], \[constructor\]\. Known slots: subject, keywords, camera/,
    ],
    ["[subject], made of wood", /"made" is outside/],
    ["subject, mood", /square brackets/],
    ["{subject}", /"\{subject\}" is outside/],
    ["[[subject]]", /outside/],
    ["[]", /no slot \[\]/],
    [", ,", /square brackets/],
    ["", /./],
    [7, /./],
  ])("%j is refused", async (formula, words) => {
    const { id } = await created({});
    for (const answer of [await post({ text: "A fox ran.", formula }), await patch(id, { formula })]) {
      const { errors } = await problemOf(answer);
      expect(errors[0]).toMatchObject({ path: "body.formula", message: expect.stringMatching(words) });
    }
  });

  it("of more than 1,000 characters is refused", async () => {
    const { errors } = await problemOf(await post({ text: "A fox ran.", formula: "[mood],".repeat(150) }));
    expect(errors).toMatchObject([{ path: "body.formula", message: expect.stringContaining("1000") }]);
  });
});
