import { expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();

const textOf = async (path: string): Promise<string> => {
  const answer = await world.request(path);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.text();
};

/** What a page loads: the values of its src and href. */
const linksOf = (html: string): string[] =>
  [...html.matchAll(/(?:src|href)=["']([^"'#]+)/g)].map(([, url]) => url ?? "");

it.each(["/docs/", "/docs/errors"])("%s works offline: whatever it loads is here", async (page) => {
  const links = linksOf(await textOf(page));
  expect(links).toContain("/docs/assets/docs.css");
  for (const link of links) {
    const { origin, pathname } = new URL(link, world.url + page);
    expect([link, origin]).toEqual([link, world.url]);
    await textOf(pathname);
  }
});

it("neither our script nor our styles name another host", async () => {
  for (const path of ["/docs/assets/docs.js", "/docs/assets/docs.css", "/docs/swagger-ui-init.js"]) {
    expect(await textOf(path)).not.toMatch(/(?:https?:)?\/\/[a-z0-9-]+\.[a-z]/i);
  }
});

it.each(["/docs/", "/docs/errors"])(
  "%s runs no script of its own text, and nothing from or to elsewhere",
  async (page) => {
    const answer = await world.request(page);
    const policy = answer.headers.get("content-security-policy") ?? "";
    expect(policy.split(";")).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'", "form-action 'none'"]),
    );
    expect(await answer.text()).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=/);
  },
);

it("the page keeps no token in the browser's storage", async () => {
  const init = await textOf("/docs/swagger-ui-init.js");
  expect(init).toContain('"persistAuthorization": false');
  expect(init).toContain('"validatorUrl": null');
  expect(await textOf("/docs/assets/docs.js")).not.toMatch(/localStorage|sessionStorage|cookie|indexedDB/);
});

it("the errors page has an anchor for each code", async () => {
  const page = await textOf("/docs/errors");
  for (const code of ["auth/missing", "no_speech"]) expect(page).toContain(`id="${code}"`);
});
