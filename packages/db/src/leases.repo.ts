import type { Db } from "./client.ts";

export type LeaseAsk = { name: string; holder: string; lengthMs: number };

export type LeaseAnswer = { isHeld: boolean; remainingMs: number };

/**
 * Takes a lease that is free or over, or prolongs one's own, by the database's clock: at most one holder at any time,
 * whatever the processes' clocks say. Otherwise tells how long somebody else's still lasts. One statement.
 */
export const holdLease = async (db: Db, { name, holder, lengthMs }: LeaseAsk): Promise<LeaseAnswer> => {
  const [answer] = await db.$queryRaw<LeaseAnswer[]>`
    WITH held AS (
      INSERT INTO leases (name, holder, until)
      VALUES (${name}, ${holder}::uuid, now() + ${lengthMs}::double precision * interval '1 ms')
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
      WHERE leases.holder = excluded.holder OR leases.until <= now()
      RETURNING until
    )
    SELECT EXISTS (SELECT FROM held) AS "isHeld",
      coalesce(ceil(extract(epoch FROM coalesce((SELECT until FROM held), (SELECT until FROM leases WHERE name = ${name}))
        - now()) * 1000), 0)::int AS "remainingMs"`;
  return answer ?? { isHeld: false, remainingMs: 0 };
};

/** Gives one's own lease back, so that the next one need not wait for its end. */
export const releaseLease = async (db: Db, { name, holder }: Pick<LeaseAsk, "name" | "holder">): Promise<void> => {
  await db.$executeRaw`DELETE FROM leases WHERE name = ${name} AND holder = ${holder}::uuid`;
};

/** Removes leases that ended long ago: those of processes that never came back. Resolves to how many. */
export const deleteOldLeases = (db: Db): Promise<number> =>
  db.$executeRaw`DELETE FROM leases WHERE until < now() - interval '1 hour'`;
