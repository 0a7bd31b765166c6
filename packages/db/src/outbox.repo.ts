import { crashPoint } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import type { Prisma, PrismaClient } from "./generated/client.ts";

export type OutboxEntry = { job: string; payload: Prisma.InputJsonObject };

/** Asks for a job, in the caller's transaction: the ask is committed with what makes it necessary, or not at all. */
export const addToOutbox = async (db: Db, entries: readonly OutboxEntry[]): Promise<void> => {
  if (entries.length > 0) await db.outbox.createMany({ data: [...entries] });
};

const BATCH = 200;
const DRAIN_TIMEOUT_MS = 20_000;

/**
 * Hands the oldest entries to `send` and deletes them in the same transaction: when `send` throws they stay.
 * Rows that another relay holds are skipped. Resolves to the number of entries sent.
 */
export const drainOutbox = async (
  db: PrismaClient,
  send: (rows: readonly { job: string; payload: unknown }[]) => Promise<void>,
): Promise<number> => {
  // Mostly there is none: one statement instead of a transaction.
  const [some] = await db.$queryRaw<unknown[]>`SELECT FROM outbox LIMIT 1`;
  if (some === undefined) return 0;
  return db.$transaction(
    async (tx) => {
      const rows = await tx.$queryRaw<{ job: string; payload: unknown }[]>`
        DELETE FROM outbox
        WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
        RETURNING job, payload`;
      if (rows.length > 0) await send(rows);
      crashPoint("relay/sent");
      return rows.length;
    },
    { timeout: DRAIN_TIMEOUT_MS },
  );
};
