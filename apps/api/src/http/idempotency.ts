import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

import {
  beginRequest,
  type Database,
  forgetRequest,
  type HeldRequest,
  type RequestKey,
  saveAnswer,
  type StoredAnswer,
  unlockRequest,
} from "@phonoscene/db";
import { AppError, type Logger, newId } from "@phonoscene/kernel";

export type IdempotentRequest = {
  request: RequestKey;
  /** What must be the same for the request to be the same; the file counts by its content. */
  content: { params: unknown; body: unknown; filePath: string | null };
  lockMs: number;
  logger: Logger;
};

/** Does the request; the id is for what it makes. */
export type Perform = (resultId: string) => Promise<StoredAnswer>;

/** Answers from store where the request was answered before, else performs it once. */
export type OnceOnly = (
  request: IdempotentRequest,
  perform: Perform,
) => Promise<StoredAnswer & { isReplayed: boolean }>;

const fingerprintOf = async ({ params, body, filePath }: IdempotentRequest["content"]): Promise<Uint8Array> => {
  const hash = createHash("sha256").update(JSON.stringify([params, body ?? null]));
  if (filePath !== null) {
    const file = createHash("sha256");
    await pipeline(createReadStream(filePath), file);
    hash.update(file.digest());
  }
  return hash.digest();
};

const isRefusal = (error: unknown): boolean => error instanceof AppError && error.status < 500;

const performHeld = async (
  db: Database["db"],
  { held, logger }: { held: HeldRequest; logger: Logger },
  perform: Perform,
): Promise<StoredAnswer> => {
  let answer: StoredAnswer;
  try {
    answer = await perform(held.resultId);
  } catch (error) {
    await (isRefusal(error) ? forgetRequest : unlockRequest)(db, held).catch((cause: unknown) => {
      logger.warn({ err: cause }, "an idempotency key stays locked until its lock runs out");
    });
    throw error;
  }
  await saveAnswer(db, held, answer).catch((cause: unknown) => {
    // The work is done and the caller is told so; the same request, sent again, finds it under the same id.
    logger.warn({ err: cause }, "an answer could not be kept under its idempotency key");
  });
  return answer;
};

const refusal = (outcome: "running" | "other-body"): AppError => {
  if (outcome === "running") {
    const detail = "The first request with this Idempotency-Key is still running: send it again in a moment.";
    return new AppError("idempotency/in-progress", { detail, retryAfterMs: 1000 });
  }
  const detail = "This Idempotency-Key came with another request already: take a new key for a new request.";
  return new AppError("idempotency/key-reused", { detail });
};

/**
 * Idempotency keys as docs/api.md has them: one user, method, route and key name one request for 24 hours.
 * @throws AppError "idempotency/in-progress", "idempotency/key-reused", and whatever the request itself throws.
 */
export const createOnceOnly =
  ({ db }: Pick<Database, "db">): OnceOnly =>
  async ({ request, content, lockMs, logger }, perform) => {
    const begun = await beginRequest(db, request, { fingerprint: await fingerprintOf(content), lockMs });
    if (begun.outcome === "answered") return { ...begun.answer, isReplayed: true };
    if (begun.outcome !== "begun") throw refusal(begun.outcome);
    return { ...(await performHeld(db, { held: begun.held, logger }, perform)), isReplayed: false };
  };

/** For requests without a key. */
export const performAlways = async (perform: Perform): Promise<StoredAnswer & { isReplayed: boolean }> => ({
  ...(await perform(newId())),
  isReplayed: false,
});
