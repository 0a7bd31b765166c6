import { createHash, randomBytes } from "node:crypto";

/** What tells an API key from an access token. */
export const API_KEY_PREFIX = "ps_";

/** `ps_` and the first 8 of 43 characters: enough to recognise a key, far too little to guess it. */
const SHOWN_CHARACTERS = API_KEY_PREFIX.length + 8;

/** 256 random bits need no slow hash: nothing about them can be guessed. */
export const hashApiKey = (key: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash("sha256").update(key).digest());

export const newApiKeySecret = (): { key: string; prefix: string; hash: Uint8Array<ArrayBuffer> } => {
  const key = API_KEY_PREFIX + randomBytes(32).toString("base64url");
  return { key, prefix: key.slice(0, SHOWN_CHARACTERS), hash: hashApiKey(key) };
};
