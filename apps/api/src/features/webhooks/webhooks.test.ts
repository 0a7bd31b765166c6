import { describe, expect, it } from "vitest";

import { newPerson } from "../../test-owned.ts";
import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld({ allowedNetworks: ["127.0.0.0/8"] });

type Init = { token?: string; json?: unknown; headers?: Record<string, string> };

const ask = async (method: string, path: string, init: Init = {}) => {
  const answer = await world.request(path, { method, ...init });
  const text = await answer.text();
  // Each test knows what it asked for.
  const body = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown> & { id: string; secret?: string };
  return { status: answer.status, etag: answer.headers.get("etag"), body };
};

const URL_OF_HOOK = "https://example.com/hook";

describe("a webhook", () => {
  it("is made, shown without its secret, changed, and deleted", async () => {
    const token = await world.newUser();
    const made = await ask("POST", "/v1/webhooks", { token, json: { url: URL_OF_HOOK } });
    expect(made.status).toBe(201);
    expect(Buffer.from(made.body.secret?.replace(/^whsec_/, "") ?? "", "base64")).toHaveLength(32);
    const path = `/v1/webhooks/${made.body.id}`;
    const { secret, ...shown } = made.body;
    const read = await ask("GET", path, { token });
    expect(read.body).toEqual(shown);
    const list = await ask("GET", "/v1/webhooks", { token });
    expect(list.body).toMatchObject({ data: [shown], hasMore: false, nextCursor: null });
    expect(JSON.stringify([read, list])).not.toContain(secret);

    const json = { events: ["task.failed"], description: "alerts", status: "disabled" };
    const changed = await ask("PATCH", path, { token, json, headers: { "if-match": read.etag ?? "" } });
    expect(changed.body).toMatchObject({ ...json, url: URL_OF_HOOK, disabledReason: "requested", version: 2 });
    const stale = await ask("PATCH", path, { token, json: {}, headers: { "if-match": read.etag ?? "" } });
    expect(stale).toMatchObject({ status: 412, body: { code: "request/stale", current: { version: 2 } } });
    const enabled = await ask("PATCH", path, { token, json: { status: "enabled", description: null } });
    expect(enabled.body).toMatchObject({ status: "enabled", disabledReason: null, description: null });

    expect((await ask("DELETE", path, { token })).status).toBe(204);
    expect((await ask("GET", path, { token })).body).toMatchObject({ code: "webhook/not-found" });
  });

  it.each([
    "http://example.com/hook",
    "https://10.0.0.1/hook",
    "https://169.254.169.254/",
    "https://[::1]/",
    "https://a:b@example.com/",
    "ftp://example.com/",
    "http://localhost/hook",
    "no url",
  ])("is refused at %s, early and with a reason", async (url) => {
    const token = await world.newUser();
    const refused = await ask("POST", "/v1/webhooks", { token, json: { url } });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: "body.url" }] } });
    const { body } = await ask("POST", "/v1/webhooks", { token, json: { url: URL_OF_HOOK } });
    expect((await ask("PATCH", `/v1/webhooks/${body.id}`, { token, json: { url } })).status).toBe(422);
  });

  it("may be http at an address of an opened network; an account has ten at most, also at once", async () => {
    const token = await world.newUser();
    const json = { url: "http://127.0.0.1:9/hook" };
    const answers = await Promise.all(Array.from({ length: 13 }, () => ask("POST", "/v1/webhooks", { token, json })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(answers.filter(({ body }) => body["code"] === "webhook/too-many")).toHaveLength(3);
  });

  it("gets a new secret, and tells until when the old one signs", async () => {
    const token = await world.newUser();
    const { body: first } = await ask("POST", "/v1/webhooks", { token, json: { url: URL_OF_HOOK } });
    const { body: second } = await ask("POST", `/v1/webhooks/${first.id}/rotate-secret`, { token });
    expect(second.secret).not.toBe(first.secret);
    const leftMs = Date.parse(String(second["previousSecretUntil"])) - Date.now();
    expect(Math.abs(leftMs - 86_400_000)).toBeLessThan(60_000);
  });
});

describe("deliveries", () => {
  it("are made by every end of a task for those who listen, and are listed, shown, and replayed", async () => {
    const { token } = await newPerson(world, "deliveries@webhooks.example");
    const listening = (await ask("POST", "/v1/webhooks", { token, json: { url: URL_OF_HOOK } })).body.id;
    const events = ["task.failed"];
    const deaf = (await ask("POST", "/v1/webhooks", { token, json: { url: URL_OF_HOOK, events } })).body.id;
    const tasks: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { body } = await ask("POST", "/v1/tasks", { token, json: { text: "A fox ran." } });
      await ask("POST", `/v1/tasks/${body.id}/cancel`, { token });
      tasks.push(body.id);
    }
    const path = `/v1/webhooks/${listening}/deliveries`;
    const first = await ask("GET", `${path}?limit=2&state=pending`, { token });
    const rest = await ask("GET", `${path}?limit=2&cursor=${String(first.body["nextCursor"])}`, { token });
    type Delivery = { id: string; taskId: string; type: string };
    const data = [first, rest].flatMap(({ body }) => body["data"] as Delivery[]);
    expect(data.map(({ taskId }) => taskId)).toEqual(tasks.toReversed());
    expect(data.every(({ type }) => type === "task.canceled")).toBe(true);
    expect((await ask("GET", `${path}?state=delivered`, { token })).body["data"]).toEqual([]);
    expect((await ask("GET", `/v1/webhooks/${deaf}/deliveries`, { token })).body["data"]).toEqual([]);

    const one = `${path}/${data[0]?.id}`;
    const shown = await ask("GET", one, { token });
    expect(shown.body).toMatchObject({
      state: "pending",
      attemptCount: 0,
      attempts: [],
      messageId: expect.stringMatching(/^msg_[0-9a-f]{32}$/),
    });
    await ask("PATCH", `/v1/webhooks/${listening}`, { token, json: { status: "disabled" } });
    expect((await ask("GET", one, { token })).body).toMatchObject({ state: "canceled", nextAttemptAt: null });
    for (const refused of [`${one}/replay`, `/v1/webhooks/${listening}/test`]) {
      expect(await ask("POST", refused, { token })).toMatchObject({ status: 409, body: { code: "webhook/disabled" } });
    }
    await ask("PATCH", `/v1/webhooks/${listening}`, { token, json: { status: "enabled" } });
    const replayed = await ask("POST", `${one}/replay`, { token });
    expect(replayed).toMatchObject({ status: 202, body: { state: "pending", messageId: shown.body["messageId"] } });
    expect((await ask("POST", `/v1/webhooks/${listening}/test`, { token })).body).toMatchObject({
      type: "webhook.test",
    });

    await ask("DELETE", `/v1/tasks/${data[0]?.taskId}`, { token });
    expect((await ask("GET", one, { token })).body).toMatchObject({ code: "webhook/delivery-not-found" });
    const { body } = await ask("GET", path, { token });
    expect(body["data"]).toHaveLength(3);
  });
});
