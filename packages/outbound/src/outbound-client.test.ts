import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createAddressPolicy } from "./networks.ts";
import { createOutboundClient, type OutboundRequest } from "./outbound-client.ts";
import { OutboundError } from "./outbound-error.ts";
import { REFUSED_URLS } from "./refused-urls.data.ts";
import type { Resolve } from "./resolve-host.ts";
import { startWeb, type TestWeb } from "./test-web.ts";

/** DNS as an attacker keeps it. */
const NAMES: Record<string, string[]> = {
  localhost: ["127.0.0.1", "::1"],
  "loopback.test": ["127.0.0.1"],
  "mixed.test": ["127.0.0.1", "8.8.8.8"],
  "mixed-last.test": ["8.8.8.8", "2606:4700::1", "127.0.0.1"],
  "mapped.test": ["::ffff:127.0.0.1"],
  "six.test": ["::1"],
  "metadata.test": ["169.254.169.254"],
  "private.test": ["192.168.7.7"],
  "zone.test": ["fe80::1%eth0"],
  "rubbish.test": ["somewhere"],
  "127.0.0.1.nip.test": ["127.0.0.1"],
  // In the network that the tests open.
  "open.test": ["127.0.0.2"],
  "open-and-closed.test": ["127.0.0.2", "127.0.0.1"],
};

const resolve: Resolve = async (hostname) => {
  const addresses = NAMES[hostname.replace(/\.$/, "")];
  if (addresses !== undefined) return addresses;
  throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: "ENOTFOUND" });
};

const guarded = createOutboundClient({ isAllowed: createAddressPolicy(), resolve });
const opened = createOutboundClient({ isAllowed: createAddressPolicy(["127.0.0.2/32"]), resolve });
const { signal } = new AbortController();

const options = (url: string, more: Partial<OutboundRequest> = {}): OutboundRequest => ({
  url,
  maxBytes: 1_000_000,
  redirects: "follow",
  signal,
  ...more,
});

const failureOf = async (work: Promise<unknown>): Promise<OutboundError> => {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof OutboundError) return error;
  throw new Error("no OutboundError came", { cause: error });
};

const get = async (url: string, more: Partial<OutboundRequest> = {}) => {
  const response = await opened.request(options(url, more));
  const chunks: Buffer[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return { ...response, text: Buffer.concat(chunks).toString() };
};

let canary: TestWeb;
let web: TestWeb;
let seen: Record<string, string | string[] | undefined> = {};

beforeAll(async () => {
  canary = await startWeb((_request, response) => response.end("the canary sang"));
  web = await startWeb((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://x");
    seen = request.headers;
    if (pathname === "/to") {
      response.writeHead(Number(searchParams.get("status") ?? 302), { location: searchParams.get("url") ?? "" }).end();
    } else if (pathname === "/loop") response.writeHead(302, { location: "/loop" }).end();
    else if (pathname === "/after") {
      const left = Number(searchParams.get("left"));
      if (left === 0) response.end("arrived");
      else response.writeHead(307, { location: `/after?left=${left - 1}` }).end();
    } else if (pathname === "/reset") request.socket.destroy();
    else if (pathname === "/cut") {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => request.socket.destroy());
    } else if (pathname === "/stall") response.write("a first piece");
    else if (pathname === "/drip") {
      const timer = setInterval(() => response.write("."), 20);
      response.on("close", () => clearInterval(timer));
    } else if (pathname === "/flood") {
      const pour = (): void => void response.write(Buffer.alloc(65_536), (error) => (error ? undefined : pour()));
      pour();
    } else if (pathname === "/large") response.writeHead(200, { "content-length": "5000000" }).end();
    else if (pathname === "/missing") response.writeHead(404).end("not here");
    else if (pathname === "/echo") request.pipe(response);
    else if (pathname === "/zip") response.writeHead(200, { "content-encoding": "gzip" }).end("\u001f packed");
    else if (pathname !== "/hang") response.end("sound");
  }, "127.0.0.2");
});
afterAll(async () => {
  await canary.close();
  await web.close();
});

const REFUSED = Object.entries(REFUSED_URLS).flatMap(([why, urls]) => urls.map((url) => [why, url] as const));

/** Those that can stand in a Location header, and are not taken there as a path of the same host. */
const REDIRECTED = REFUSED.filter(([, url]) => {
  const target = url.replaceAll("{port}", "1");
  const base = "http://open.test/";
  return /^[!-~]+$/.test(target) && (!URL.canParse(target, base) || new URL(target, base).hostname !== "open.test");
});

describe("what must not be asked for", () => {
  it("is a list of 150 URLs and more, none of them twice", () => {
    expect(REFUSED.length).toBeGreaterThanOrEqual(150);
    expect(new Set(REFUSED.map(([, url]) => url)).size).toBe(REFUSED.length);
  });

  it.each(REFUSED)("%s: %j is refused", async (_why, url) => {
    const failure = await failureOf(guarded.request(options(url.replaceAll("{port}", String(canary.port)))));
    expect(["url", "not-public", "name"]).toContain(failure.fault);
    expect(failure.isRetryable).toBe(false);
    expect(canary.requests).toEqual([]);
  });

  it.each(REDIRECTED)("%s: a redirect to %j is refused as well", async (_why, target) => {
    const url = target.replaceAll("{port}", String(canary.port));
    const failure = await failureOf(get(`http://open.test:${web.port}/to?url=${encodeURIComponent(url)}`));
    expect(["url", "not-public", "name", "redirect"]).toContain(failure.fault);
    expect(canary.requests).toEqual([]);
  });

  it("the message never tells what a name resolved to", async () => {
    const { message } = await failureOf(guarded.request(options("http://private.test/")));
    expect(message).toBe("The address of private.test is not public: give one that the internet can reach.");
  });

  it("a name that changes its address after the check is asked at the address that was checked", async () => {
    let asked = 0;
    const rebinding: Resolve = async () => {
      asked += 1;
      return [asked === 1 ? "127.0.0.2" : "127.0.0.1"];
    };
    const client = createOutboundClient({ isAllowed: createAddressPolicy(["127.0.0.2/32"]), resolve: rebinding });
    const response = await client.request(options(`http://rebind.test:${web.port}/a`));
    await response.discard();
    expect(response.status).toBe(200);
    expect(asked).toBe(1);
    expect(web.requests.at(-1)).toBe(`GET rebind.test:${web.port}/a`);
    expect((await failureOf(client.request(options(`http://rebind.test:${canary.port}/`)))).fault).toBe("not-public");
    expect(canary.requests).toEqual([]);
  });

  it("a name of which one address is closed is refused although another is open", async () => {
    expect((await failureOf(get(`http://open-and-closed.test:${web.port}/`))).fault).toBe("not-public");
  });

  it("https only means that http is refused, at the first address and at any later one", async () => {
    const url = `http://open.test:${web.port}/`;
    expect(await failureOf(get(url, { httpsOnly: true }))).toMatchObject({ fault: "url" });
  });
});

describe("what may be asked for", () => {
  it("comes as it was sent, asked for by name and without compression", async () => {
    const answer = await get(`http://open.test:${web.port}/talk.mp3?signature=1#part`);
    expect(answer).toMatchObject({ status: 200, text: "sound", contentLengthBytes: 5 });
    expect(web.requests.at(-1)).toBe(`GET open.test:${web.port}/talk.mp3?signature=1`);
    expect(seen["accept-encoding"]).toBe("identity");
    expect((await get(`http://open.test:${web.port}/zip`)).text).toBe("\u001f packed");
  });

  it.each(["http://127.0.0.2", "http://2130706434", "http://0x7f000002"])(
    "%s, an address in an opened network",
    async (origin) => expect((await get(`${origin}:${web.port}/`)).text).toBe("sound"),
  );

  it("a status is an answer, and a POST carries its body", async () => {
    expect(await get(`http://open.test:${web.port}/missing`)).toMatchObject({ status: 404, text: "not here" });
    const sent = { method: "POST", body: "привіт", headers: { "x-own": "1" }, redirects: "refuse" } as const;
    expect((await get(`http://open.test:${web.port}/echo`, sent)).text).toBe("привіт");
    expect(seen).toMatchObject({ "x-own": "1", "content-length": "12" });
  });

  it.each([301, 302, 303, 307, 308])(
    "a %i is followed, without what was meant for the first address",
    async (status) => {
      const url = encodeURIComponent(`http://open.test:${web.port}/`);
      const answer = await get(`http://open.test:${web.port}/to?status=${status}&url=${url}`, {
        headers: { authorization: "secret" },
      });
      expect(answer.text).toBe("sound");
      expect(seen["authorization"]).toBeUndefined();
    },
  );

  it("five redirects are followed, and no more; with `refuse` none is", async () => {
    expect((await get(`http://open.test:${web.port}/after?left=5`)).text).toBe("arrived");
    expect((await failureOf(get(`http://open.test:${web.port}/loop`))).fault).toBe("redirect");
    const refused = await failureOf(get(`http://open.test:${web.port}/after?left=1`, { redirects: "refuse" }));
    expect(refused).toMatchObject({ fault: "redirect", isRetryable: false });
  });
});

describe("what goes wrong on the way", () => {
  it.each([
    ["an unknown name", "http://nowhere.test/", "name", false],
    ["nobody listening", "http://open.test:1/", "connect", true],
    ["a connection that breaks before the answer", "/reset", "broken", true],
    ["a connection that breaks in the body", "/cut", "broken", true],
    ["an answer that never comes", "/hang", "timeout", true],
    ["a body that stops", "/stall", "timeout", true],
    ["a body that never ends", "/drip", "timeout", true],
    ["more bytes than were announced or allowed", "/flood", "too-large", false],
    ["more bytes announced than allowed", "/large", "too-large", false],
    ["no TLS where TLS is expected", "https", "tls", false],
  ] as const)("%s", async (_name, path, fault, isRetryable) => {
    const absolute = path === "https" ? `https://open.test:${web.port}/` : path;
    const url = absolute.startsWith("/") ? `http://open.test:${web.port}${absolute}` : absolute;
    const timeouts = { connectMs: 2000, headersMs: 300, idleMs: 300, totalMs: path === "/drip" ? 400 : 5000 };
    expect(await failureOf(get(url, { timeouts }))).toMatchObject({ fault, isRetryable });
  });

  it.each(["/hang", "/stall", "/drip"])(
    "an abort while %s goes on ends it at once, with the caller's reason",
    async (path) => {
      const controller = new AbortController();
      const reason = new Error("the task was canceled");
      const asked = web.requests.length;
      const work = get(`http://open.test:${web.port}${path}`, { signal: controller.signal });
      const ended = work.catch((error: unknown) => error);
      await expect.poll(() => web.requests.length).toBe(asked + 1);
      controller.abort(reason);
      expect(await ended).toBe(reason);
    },
  );
});
