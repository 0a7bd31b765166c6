// A refresh token is 64 bytes: the session's id (16), a 256-bit secret (32) and a tag (16), in base64url.
//
// - Only its SHA-256 is stored, so the database alone lets nobody in.
// - The secret of a successor is an HMAC of the token before it, under a key of the server: the same old token always
//   has the same successor, which can be given again although it is stored nowhere, and cannot be worked out from the
//   token alone by whoever stole it.
// - The tag is an HMAC over the rest: a made-up token is told without asking the database, and can neither end a session
//   nor use up its rate. One with a good tag was given out by us, so if it is not the current one, it is an old one.
import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";

import { AppError } from "@phonoscene/kernel";

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const TAG_BYTES = 16;
const TOKEN_BYTES = ID_BYTES + SECRET_BYTES + TAG_BYTES;

type Hash = Uint8Array<ArrayBuffer>;

/** A token as the client holds it, and what is stored of it. */
export type RefreshToken = { token: string; hash: Hash };

export type RefreshTokens = {
  /** The first token of a session. */
  issue(sessionId: string): RefreshToken;
  /** @throws AppError "auth/invalid-refresh-token" for anything that was not given out here. */
  read(token: string): { sessionId: string; hash: Hash };
  /** The one successor of a token that `read` accepted. */
  successorOf(token: string): RefreshToken;
};

const sha256 = (text: string): Hash => new Uint8Array(createHash("sha256").update(text).digest());

const hmac = (key: Buffer, data: Buffer): Buffer => createHmac("sha256", key).update(data).digest();

const toUuid = (id: Buffer): string =>
  id.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

const subkey = (secret: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, "", `phonoscene refresh token: ${purpose}`, 32));

/** Keys of their own are derived from `secret`; another secret logs everybody out. */
export const createRefreshTokens = (secret: string): RefreshTokens => {
  const tagKey = subkey(secret, "tag");
  const successorKey = subkey(secret, "successor");

  const tagOf = (payload: Buffer): Buffer => hmac(tagKey, payload).subarray(0, TAG_BYTES);
  const compose = (id: Buffer, secretBytes: Buffer): RefreshToken => {
    const payload = Buffer.concat([id, secretBytes]);
    const token = Buffer.concat([payload, tagOf(payload)]).toString("base64url");
    return { token, hash: sha256(token) };
  };

  return {
    issue: (sessionId) => compose(Buffer.from(sessionId.replaceAll("-", ""), "hex"), randomBytes(SECRET_BYTES)),
    read: (token) => {
      const bytes = Buffer.from(token, "base64url");
      const payload = bytes.subarray(0, TOKEN_BYTES - TAG_BYTES);
      const tag = bytes.subarray(TOKEN_BYTES - TAG_BYTES);
      const isWhole = bytes.length === TOKEN_BYTES && bytes.toString("base64url") === token;
      if (!isWhole || !timingSafeEqual(tag, tagOf(payload))) {
        throw new AppError("auth/invalid-refresh-token", {
          detail: "This is no refresh token of this service: log in again.",
        });
      }
      return { sessionId: toUuid(bytes.subarray(0, ID_BYTES)), hash: sha256(token) };
    },
    successorOf: (token) => {
      const bytes = Buffer.from(token, "base64url");
      return compose(bytes.subarray(0, ID_BYTES), hmac(successorKey, bytes));
    },
  };
};
