import "./provided.ts";
import { randomBytes } from "node:crypto";

import { inject } from "vitest";

/** The Redis of the tests, null where there is none. Others may use it too: never flush it, always prefix. */
export const redisUrl = (): string | null => inject("redisUrl");

/** A prefix for queues that nobody else uses; the run removes its keys at the end. Free of colons, for BullMQ. */
export const uniquePrefix = (): string => `${inject("redisPrefix")}${randomBytes(6).toString("hex")}`;
