import { createSecretKey } from "node:crypto";

import { AppError, MINUTE, SECOND } from "@phonoscene/kernel";
import jwt from "jsonwebtoken";
import { z } from "zod";

const ISSUER = "phonoscene";
const AUDIENCE = "phonoscene-api";

export const ACCESS_TOKEN_MS = 10 * MINUTE;

const Claims = z.object({ sub: z.uuid(), sid: z.uuid(), iat: z.int(), exp: z.int() });
export type TokenSubject = { userId: string; sessionId: string };

export type AccessTokens = {
  issue(subject: TokenSubject): string;
  /** @throws AppError "auth/invalid-token" for anything this service did not issue, or that is over. */
  verify(token: string): TokenSubject;
};

/** Short-lived JWTs (RFC 9068): algorithm, type, issuer and audience are pinned. */
export const createAccessTokens = (secret: string): AccessTokens => {
  // A key, not the string: of a string `verify` first tries to make a public key, each time (an eighth of the API's time).
  const key = createSecretKey(secret, "utf8");
  return {
    issue: ({ userId, sessionId }) =>
      jwt.sign({ sid: sessionId }, key, {
        algorithm: "HS256",
        header: { alg: "HS256", typ: "at+jwt" },
        subject: userId,
        issuer: ISSUER,
        audience: AUDIENCE,
        expiresIn: ACCESS_TOKEN_MS / SECOND,
      }),
    verify: (token) => {
      try {
        const options = { algorithms: ["HS256" as const], issuer: ISSUER, audience: AUDIENCE, complete: true as const };
        const verified = jwt.verify(token, key, options);
        if (verified.header.typ !== "at+jwt") throw new Error(`typ is ${verified.header.typ}`);
        // RFC 7515, 4.1.11: who does not know an extension that must be known refuses the token; the library does not.
        if ("crit" in verified.header) throw new Error("the header has extensions");
        const { sub, sid } = Claims.parse(verified.payload);
        return { userId: sub, sessionId: sid };
      } catch (cause) {
        const detail = "The token is not valid or is over: log in again.";
        throw new AppError("auth/invalid-token", { detail }, { cause });
      }
    },
  };
};
