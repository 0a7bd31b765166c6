import { ENDPOINTS } from "@phonoscene/contracts";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";

import { useApiWorld } from "./test-use-world.ts";
import { startApiWorld } from "./test-world.ts";

const world = useApiWorld();

describe("every answer", () => {
  it("carries a request id, the caller's own where it is sane", async () => {
    const own = await world.request("/healthz", { headers: { "x-request-id": "trace-42" } });
    expect(own.headers.get("x-request-id")).toBe("trace-42");
    const evil = await world.request("/healthz", { headers: { "x-request-id": "a b<script>" } });
    expect(evil.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("carries the security headers and no trace of the framework", async () => {
    const { headers } = await world.request("/healthz");
    expect(headers.get("content-security-policy")).toBe("default-src 'none';base-uri 'none';frame-ancestors 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-powered-by")).toBeNull();
  });

  it("an unknown route and a method that a route lacks are told apart", async () => {
    const unknown = await world.request("/v1/nothing");
    expect(await unknown.json()).toMatchObject({ status: 404, code: "route/not-found" });
    const method = await world.request("/v1/tasks", { method: "PUT" });
    expect(method.headers.get("allow")).toBe("POST, GET");
    expect(await method.json()).toMatchObject({ status: 405, code: "route/method-not-allowed" });
  });

  it("a problem's type is a page that explains its code", async () => {
    const { type, code } = (await (await world.request("/v1/me")).json()) as { type: string; code: string };
    const page = await world.request(type.split("#")[0] ?? "");
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(await page.text()).toContain(`id="${code}"`);
  });
});

describe("operations", () => {
  it("ready means that database and queue answer", async () => {
    const answer = await world.request("/readyz");
    expect(await answer.json()).toEqual({ status: "ready", database: "ok", queue: "postgres" });
  });
});

describe("without its database", () => {
  it("the service says that it cannot answer right now, and when to come back", async () => {
    const stranded = await startApiWorld("postgresql://nobody@127.0.0.1:1/nowhere");
    const ready = await stranded.request("/readyz");
    expect(await ready.json()).toMatchObject({ status: 503, code: "service/unavailable" });
    const account = { email: "ada@example.com", password: "correct horse battery", name: "Ada" };
    const register = await stranded.request("/v1/auth/register", { method: "POST", json: account });
    expect(register.headers.get("retry-after")).toBe("2");
    expect(await register.json()).toMatchObject({ status: 503, code: "service/unavailable" });
    expect((await stranded.request("/healthz")).status).toBe(200);
    await stranded.close();
  });
});

describe("the document", () => {
  it("is valid OpenAPI 3.1 for a third-party validator, and names every endpoint", async () => {
    const document = (await (await world.request("/openapi.json")).json()) as { paths: Record<string, object> };
    const result = await new Validator().validate(structuredClone(document));
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
    for (const { path, method } of ENDPOINTS) expect(document.paths[path]).toHaveProperty(method);
  });

  it("a named schema is never null itself, and a place that may be null says so", async () => {
    const { components } = (await (await world.request("/openapi.json")).json()) as {
      components: { schemas: Record<string, { type?: unknown; properties?: Record<string, unknown> }> };
    };
    for (const schema of Object.values(components.schemas)) expect(schema.type).toBe("object");
    expect(JSON.stringify(components.schemas["Task"]?.properties?.["error"])).toContain('"null"');
  });

  it("the docs page works offline: nothing comes from another host", async () => {
    const page = await (await world.request("/docs/")).text();
    expect(page).toContain("swagger-ui");
    expect(page).not.toMatch(/(src|href)="https?:/);
  });
});

describe("a process that is told to stop", () => {
  it("ends each connection with the answer under way, so that nobody's next request is cut off", async () => {
    const stopping = await startApiWorld(world.databaseUrl);
    try {
      expect((await stopping.request("/healthz")).headers.get("connection")).toBe("keep-alive");
      stopping.beginStop();
      expect((await stopping.request("/healthz")).headers.get("connection")).toBe("close");
    } finally {
      await stopping.close();
    }
  });
});
