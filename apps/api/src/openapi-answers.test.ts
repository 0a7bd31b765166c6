import { expect, it } from "vitest";

import { checkConformance } from "./test-conformance.ts";

const HEADERS = { "content-type": "application/json", "x-request-id": "trace-42" };
const answer = (body: object, status = 200) => new Response(JSON.stringify(body), { status, headers: HEADERS });

it("an answer that the document does not have is told by route, status and place", async () => {
  const asked = { method: "GET", pathname: "/healthz" };
  const { seen, response } = await checkConformance(asked, answer({ status: "ok" }));
  expect([seen, await response.json()]).toEqual(["GET /healthz 200", { status: "ok" }]);
  await expect(checkConformance(asked, answer({ status: "no" }))).rejects.toThrow("GET /healthz 200: /status must be");
  await expect(checkConformance(asked, answer({}, 418))).rejects.toThrow("GET /healthz 418: this status");
  const html = new Response("<p>", { headers: { ...HEADERS, "content-type": "text/html" } });
  await expect(checkConformance(asked, html)).rejects.toThrow('GET /healthz 200: the media type "text/html"');
  const nameless = Response.json({ status: "ok" });
  await expect(checkConformance(asked, nameless)).rejects.toThrow("GET /healthz 200: no X-Request-Id");
  await expect(checkConformance({ ...asked, pathname: "/secret" }, answer({}))).rejects.toThrow("no such route");
});

it("a request that should not have led to a 2xx is told, but for items of a call that is not atomic", async () => {
  const created = () => answer({ results: [] });
  const asked = { method: "POST", pathname: "/v1/tasks/bulk" };
  const ask = (body: object) => checkConformance({ ...asked, body: JSON.stringify(body) }, created());
  await expect(ask({ items: [{ colour: "red" }] })).rejects.toThrow("POST /v1/tasks/bulk 200 request: /items/0 must");
  expect((await ask({ items: [{ colour: "red" }], atomic: false })).seen).toBe("POST /v1/tasks/bulk 200");
});

it("an event stream is checked while it is read, and a fault is told even to who ignores breaks", async () => {
  const faults: unknown[] = [];
  const headers = { ...HEADERS, "content-type": "text/event-stream" };
  const stream = new Response("event: chat\ndata: {}\n\n", { headers });
  const { response } = await checkConformance({ method: "GET", pathname: "/v1/events" }, stream, (fault) =>
    faults.push(fault),
  );
  await expect(response.text()).rejects.toThrow('no event "chat" is documented');
  expect(faults).toEqual([expect.objectContaining({ message: expect.stringContaining("GET /v1/events 200") })]);
});
