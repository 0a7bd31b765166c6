import { newId } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import type { User } from "./generated/client.ts";

export const createSession = async (
  db: Db,
  session: { userId: string; refreshHash: Uint8Array<ArrayBuffer>; expiresAt: Date },
): Promise<string> => {
  const { id } = await db.session.create({ data: { id: newId(), ...session }, select: { id: true } });
  return id;
};

/** The session's user, or null once the session is revoked, over or gone: its tokens are dead at once. */
export const findSessionUser = async (db: Db, session: { id: string; userId: string }): Promise<User | null> => {
  const row = await db.session.findFirst({
    where: { ...session, revokedAt: null, expiresAt: { gt: new Date() } },
    select: { user: true },
  });
  return row?.user ?? null;
};

/** Removes sessions that ended before `before`; resolves to how many. */
export const deleteEndedSessions = async (db: Db, before: Date): Promise<number> => {
  const { count } = await db.session.deleteMany({
    where: { OR: [{ expiresAt: { lt: before } }, { revokedAt: { lt: before } }] },
  });
  return count;
};
