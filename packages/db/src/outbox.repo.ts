import { crashPoint } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import { Prisma, type PrismaClient } from "./generated/client.ts";
import { inTransaction, queryPrepared } from "./query.ts";

export type OutboxEntry = { job: string; payload: Prisma.InputJsonObject };

/** Asks for a job, in the caller's transaction: the ask is committed with what makes it necessary, or not at all. */
export const addToOutbox = async (db: Db, entries: readonly OutboxEntry[]): Promise<void> => {
  if (entries.length > 0) await db.outbox.createMany({ data: [...entries] });
};

const BATCH = 200;

/**
 * Hands the oldest entries to `send` and deletes them in the same transaction: when `send` throws they stay, and when the
 * process dies in between they are sent again. Rows that another relay holds are skipped. Resolves to the number of
 * entries sent. Rejected: a DELETE that is committed before it is sent, one round trip less, and work that is lost with the process.
 */
export const drainOutbox = async (
  db: PrismaClient,
  send: (rows: readonly { job: string; payload: unknown }[]) => Promise<void>,
): Promise<number> => {
  // Mostly there is none: one statement instead of a transaction.
  const some = await queryPrepared(db, Prisma.sql`SELECT FROM outbox LIMIT 1`);
  if (some.length === 0) return 0;
  return inTransaction(db, async (query) => {
    const rows = await query<{ job: string; payload: unknown }>(Prisma.sql`
      DELETE FROM outbox
      WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT ${Prisma.raw(String(BATCH))} FOR UPDATE SKIP LOCKED)
      RETURNING job, payload`);
    if (rows.length > 0) await send(rows);
    crashPoint("relay/sent");
    return rows.length;
  });
};
