import { expect, it } from "vitest";

import { checkConformance } from "./test-conformance.ts";
import { useApiWorld } from "./test-use-world.ts";

const world = useApiWorld();

/** Sends a request and holds its answer against the document. */
const ask = async (method: string, path: string, init: { token?: string; json?: unknown } = {}): Promise<Response> => {
  const response = await world.request(path, { method, ...init });
  await checkConformance({ method, pathname: new URL(world.url + path).pathname, json: init.json }, response.clone());
  return response;
};

it("answers along the way of a task are as the document says", async () => {
  const token = await world.newUser();
  const created = await ask("POST", "/v1/tasks", { token, json: { text: "A fox ran." } });
  expect(created.status).toBe(202);
  const { id } = (await created.json()) as { id: string };
  const statuses = [
    await ask("GET", `/v1/tasks/${id}?include=prompts,scenes,transcript`, { token }),
    await ask("GET", "/v1/tasks", { token }),
    await ask("GET", "/v1/me/sessions", { token }),
    await ask("POST", "/v1/tasks", { token, json: { colour: "red" } }),
    await ask("GET", "/v1/tasks/%E0%A4%A", { token }),
    await ask("GET", "/v1/me"),
    await ask("DELETE", `/v1/tasks/${id}`, { token }),
    await ask("GET", `/v1/tasks/${id}`, { token }),
  ].map(({ status }) => status);
  expect(statuses).toEqual([200, 200, 200, 422, 400, 401, 204, 404]);
});

it("an answer that the document does not have is told by route, status and place", async () => {
  const headers = { "content-type": "application/json", "x-request-id": "trace-42" };
  const answer = (body: object, status = 200) => new Response(JSON.stringify(body), { status, headers });
  const asked = { method: "GET", pathname: "/healthz" };
  await checkConformance(asked, answer({ status: "ok" }));
  await expect(checkConformance(asked, answer({ status: "no" }))).rejects.toThrow("GET /healthz 200: /status must be");
  await expect(checkConformance(asked, answer({}, 418))).rejects.toThrow("GET /healthz 418: this status");
});
