import { createHmac, createPublicKey, createSecretKey, generateKeyPairSync } from "node:crypto";

import { EncryptJWT, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";

import { newApiKey, newPerson, type Person } from "../test-owned.ts";
import { useApiWorld } from "../test-use-world.ts";
import { TEST_SECRET } from "../test-world.ts";

const world = useApiWorld();

type Forge = () => string | Promise<string>;
type Header = Record<string, unknown> & { alg: string };

const HEADER: Header = { alg: "HS256", typ: "at+jwt" };
const secretOf = (text: string) => createSecretKey(Buffer.from(text));
const GOOD_KEY = secretOf(TEST_SECRET);
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ed = generateKeyPairSync("ed25519");
const PEM = rsa.publicKey.export({ type: "spki", format: "pem" }).toString();

let mine: Person;
let theirs: Person;
let genuine: string;
let apiKey: string;
let sid: string;
let theirSid: string;

const sidOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { sid: string }).sid;

beforeAll(async () => {
  mine = await newPerson(world, "mine@tokens.example");
  theirs = await newPerson(world, "theirs@tokens.example");
  genuine = mine.token;
  apiKey = (await newApiKey(world, genuine, ["tasks:read"])).key;
  sid = sidOf(genuine);
  theirSid = sidOf(theirs.token);
});

const now = () => Math.floor(Date.now() / 1000);

const claims = (changes: Record<string, unknown> = {}): JWTPayload => {
  const all = {
    sub: mine.userId,
    sid,
    iss: "phonoscene",
    aud: "phonoscene-api",
    iat: now(),
    exp: now() + 300,
    ...changes,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};

const signed = (
  changes: Record<string, unknown> = {},
  header: Header = HEADER,
  key: Parameters<SignJWT["sign"]>[0] = GOOD_KEY,
) => new SignJWT(claims(changes)).setProtectedHeader(header).sign(key, { crit: { exp: true, "http://x": true } });

const part = (text: string): string => Buffer.from(text).toString("base64url");

/** For what no library would write: the text of header and claims as it is, rightly signed. */
const handMade = (header: string, payload: string): string => {
  const text = `${part(header)}.${part(payload)}`;
  return `${text}.${createHmac("sha256", TEST_SECRET).update(text).digest("base64url")}`;
};

const goodJson = (): string => JSON.stringify(claims());
const parts = (): [string, string, string] => genuine.split(".") as [string, string, string];

const ALGORITHMS: [string, Forge][] = [
  ...["none", "None", "NONE", "nOnE", "", "HS256 ", "hs256", "HS1"].map((alg): [string, Forge] => [
    `alg ${JSON.stringify(alg)} without a signature`,
    () => `${part(JSON.stringify({ alg, typ: "at+jwt" }))}.${part(goodJson())}.`,
  ]),
  ["alg none by a library", () => new UnsecuredJWT(claims()).encode()],
  ["alg none with the genuine signature", () => `${part('{"alg":"none","typ":"at+jwt"}')}.${parts()[1]}.${parts()[2]}`],
  ["HS384 with the right secret", () => signed({}, { ...HEADER, alg: "HS384" })],
  ["HS512 with the right secret", () => signed({}, { ...HEADER, alg: "HS512" })],
  ["RS256", () => signed({}, { ...HEADER, alg: "RS256" }, rsa.privateKey)],
  ["PS256", () => signed({}, { ...HEADER, alg: "PS256" }, rsa.privateKey)],
  ["ES256", () => signed({}, { ...HEADER, alg: "ES256" }, ec.privateKey)],
  ["EdDSA", () => signed({}, { ...HEADER, alg: "EdDSA" }, ed.privateKey)],
  ["HS256 under a public key's PEM", () => signed({}, HEADER, secretOf(PEM))],
  ["HS256 under a public key's DER", () => signed({}, HEADER, createSecretKey(createPublicKey(PEM).export({ type: "spki", format: "der" })))],
  ...["secret", "changeme", " ", "phonoscene", "x".repeat(40), TEST_SECRET.slice(0, -1), `${TEST_SECRET}\n`].map((text): [string, Forge] => [
    `HS256 under ${JSON.stringify(text)}`,
    () => signed({}, HEADER, new Uint8Array(Buffer.from(text))),
  ]),
  ["alg of no kind", () => handMade('{"typ":"at+jwt"}', goodJson())],
  ["alg as a list", () => handMade('{"alg":["HS256"],"typ":"at+jwt"}', goodJson())],
]; // prettier-ignore

const HEADERS: [string, Forge][] = [
  ...["../../dev/null", "/proc/self/environ", "' OR 1=1 --", "\u0000", "", "https://evil.example/key"].map((kid): [string, Forge] => [
    `kid ${JSON.stringify(kid)} under an empty key of 32 zeros`,
    () => signed({}, { ...HEADER, kid }, new Uint8Array(32)),
  ]),
  ["jwk of its own", () => signed({}, { ...HEADER, alg: "RS256", jwk: rsa.publicKey.export({ format: "jwk" }) }, rsa.privateKey)],
  ["jku", () => signed({}, { ...HEADER, alg: "RS256", jku: "https://evil.example/jwks" }, rsa.privateKey)],
  ["x5u", () => signed({}, { ...HEADER, alg: "RS256", x5u: "https://evil.example/x" }, rsa.privateKey)],
  ["x5c", () => signed({}, { ...HEADER, alg: "RS256", x5c: ["AAAA"] }, rsa.privateKey)],
  ["crit that nobody knows", () => signed({}, { ...HEADER, crit: ["http://x"], "http://x": true })],
  ["crit that is empty", () => handMade('{"alg":"HS256","typ":"at+jwt","crit":[]}', goodJson())],
  ["b64 false", () => handMade('{"alg":"HS256","typ":"at+jwt","b64":false,"crit":["b64"]}', goodJson())],
  ...["JWT", "jwt", "id+jwt", "at+jwt ", "refresh+jwt", "dpop+jwt"].map((typ): [string, Forge] => [`typ ${typ}`, () => signed({}, { alg: "HS256", typ })]),
  ["no typ", () => signed({}, { alg: "HS256" })],
  ["JWE", () => new EncryptJWT(claims()).setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(new Uint8Array(32))],
]; // prettier-ignore

const CLAIMS: [string, Forge][] = [
  ...Object.entries({
    "another iss": { iss: "evil" }, "no iss": { iss: undefined }, "iss as a list": { iss: ["phonoscene"] },
    "another aud": { aud: "phonoscene-web" }, "no aud": { aud: undefined }, "an empty aud": { aud: [] },
    "exp long ago": { exp: 1 }, "exp just over": { exp: now() - 2 }, "no exp": { exp: undefined }, "exp as text": { exp: "9999999999" },
    "nbf in an hour": { nbf: now() + 3600 }, "no sub": { sub: undefined }, "no sid": { sid: undefined },
    "sub as a number": { sub: 1 }, "sid as SQL": { sid: "' OR '1'='1" }, "sub as a list": { sub: ["a"] }, "sid null": { sid: null },
  }).map(([name, changes]): [string, Forge] => [name, () => handMade(JSON.stringify(HEADER), JSON.stringify(claims(changes)))]),
  ["sub of somebody else with my sid", () => signed({ sub: theirs.userId })],
  ["my sub with the sid of somebody else", () => signed({ sid: theirSid })],
  ["sub twice, the last of somebody else", () => handMade(JSON.stringify(HEADER), goodJson().replace("}", `,"sub":"${theirs.userId}"}`))],
  ["claims that are a list", () => handMade(JSON.stringify(HEADER), "[]")],
  ["claims that are null", () => handMade(JSON.stringify(HEADER), "null")],
  ["claims that are text", () => handMade(JSON.stringify(HEADER), '"x"')],
  ["claims that are no JSON", () => handMade(JSON.stringify(HEADER), "{")],
  ["claims of a prototype", () => handMade(JSON.stringify(HEADER), `{"__proto__":${goodJson()}}`)],
]; // prettier-ignore

const SHAPES: [string, Forge][] = [
  ["cut by one", () => genuine.slice(0, -1)],
  ["without its signature", () => parts().slice(0, 2).join(".")],
  ["with an empty signature", () => `${parts()[0]}.${parts()[1]}.`],
  ["with another's signature", () => `${parts()[0]}.${parts()[1]}.${theirs.token.split(".")[2] ?? ""}`],
  ["with padding", () => `${genuine}=`],
  ["with four parts", () => `${genuine}.x`],
  ["with two dots in a row", () => genuine.replace(".", "..")],
  ["with a dot before", () => `.${genuine}`],
  ["twice with a comma", () => `${genuine},${genuine}`],
  ["twice with a space", () => `${genuine} ${genuine}`],
  ["with a word after it", () => `${genuine} x`],
  ["in quotes", () => `"${genuine}"`],
  ["in capitals", () => genuine.toUpperCase()],
  ["with its last bits changed", () => `${genuine}A`],
  ["a refresh token", () => mine.refreshToken],
  ["an API key without its beginning", () => apiKey.slice(3)],
  ["an API key with another end", () => `${apiKey.slice(0, -1)}_`],
  ["an API key as a JWT", () => `${parts()[0]}.${parts()[1]}.${apiKey}`],
  ["huge", () => `${part(JSON.stringify(HEADER))}.${"A".repeat(12_000)}.A`],
  ["of dots", () => ".".repeat(5000)],
  ["an object", () => "[object Object]"],
  ["undefined", () => "undefined"],
];

const FORGED = [...ALGORITHMS, ...HEADERS, ...CLAIMS, ...SHAPES];

describe(`${FORGED.length} forged access tokens`, () => {
  it("are enough", () => {
    expect(FORGED.length).toBeGreaterThanOrEqual(60);
  });

  it.each(FORGED)("%s: refused", async (_name, forge) => {
    const answer = await world.request("/v1/me", { token: await forge() });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(await answer.json()).toMatchObject({
      status: 401,
      code: expect.stringMatching(/^auth\/(?:invalid-token|missing)$/) as string,
    });
  });

  it("the genuine one passes, and so does one that a library makes like it", async () => {
    for (const token of [genuine, await signed()]) expect((await world.request("/v1/me", { token })).status).toBe(200);
    expect((await world.request("/v1/tasks", { token: apiKey })).status).toBe(200);
  });
});
