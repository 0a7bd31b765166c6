// A session is a login and the family of refresh tokens that descend from it. It lives until it is revoked, for
// `IDLE_DAYS` after its last refresh, and for `ABSOLUTE_DAYS` in all; every clause below asks the database's clock.
//
// A refresh token works once: `rotateSession` swaps its hash for its successor's. Whoever shows the token before that
// within `GRACE_SECONDS` is an honest client whose answer was lost, or one of several that refreshed at once, and may be
// given the same successor; whoever shows it later, or an older one, holds a copy, and the whole family ends. One
// UPDATE decides: parallel ones wait for its row lock and then decide by what it left behind.
//
// Rejected: a row for each token ever given out. It finds reuse too, but grows with every refresh (4,320 rows for one
// session of 30 days), while an authentic token that is neither of the two hashes kept here can only be an old one.
import { type Cursor } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import { Prisma, type Session, type User } from "./generated/client.ts";
import { queryPrepared } from "./query.ts";

export type { Session } from "./generated/client.ts";

const GRACE_SECONDS = 10;
const IDLE_DAYS = 7;
const ABSOLUTE_DAYS = 30;

type Hash = Uint8Array<ArrayBuffer>;

const ALIVE = Prisma.sql`sessions.revoked_at IS NULL AND sessions.expires_at > now()
  AND sessions.last_used_at > now() - ${IDLE_DAYS} * interval '1 day'`;

/** All of a user, in the shape that the client gives. */
export const USER_COLUMNS = Prisma.sql`users.id, users.email, users.name, users.password_hash AS "passwordHash",
  users.role::text AS role, users.created_at AS "createdAt", users.updated_at AS "updatedAt"`;

export const createSession = async (
  db: Db,
  session: { id: string; userId: string; refreshHash: Hash; userAgent: string | null },
): Promise<void> => {
  await db.$executeRaw`
    INSERT INTO sessions (id, user_id, refresh_hash, user_agent, expires_at)
    VALUES (${session.id}::uuid, ${session.userId}::uuid, ${session.refreshHash}, ${session.userAgent},
      now() + ${ABSOLUTE_DAYS} * interval '1 day')`;
};

/** The session's user, or null once the session is revoked, over or gone: its tokens are dead at once. */
export const findSessionUser = async (db: Db, session: { id: string; userId: string }): Promise<User | null> => {
  const [user] = await queryPrepared<User>(
    db,
    Prisma.sql`
      SELECT ${USER_COLUMNS} FROM sessions JOIN users ON users.id = sessions.user_id
      WHERE sessions.id = ${session.id}::uuid AND sessions.user_id = ${session.userId}::uuid AND ${ALIVE}`,
  );
  return user ?? null;
};

export type Rotation = { outcome: "rotated"; user: User } | { outcome: "reused" } | { outcome: "over" };

/**
 * Trades `shown` for `successor`, or allows the same trade again within the grace. `shown` must be the hash of a token
 * that was really given to this session: any other than the last two ends it ("reused").
 */
export const rotateSession = async (
  db: Db,
  { id, shown, successor }: { id: string; shown: Hash; successor: Hash },
): Promise<Rotation> => {
  const [row] = await db.$queryRaw<(User & { isReused: boolean })[]>`
    UPDATE sessions SET
      refresh_hash = CASE WHEN refresh_hash = ${shown} THEN ${successor} ELSE refresh_hash END,
      previous_hash = CASE WHEN refresh_hash = ${shown} THEN ${shown} ELSE previous_hash END,
      rotated_at = CASE WHEN refresh_hash = ${shown} THEN now() ELSE rotated_at END,
      last_used_at = now(),
      revoked_at = CASE
        WHEN refresh_hash = ${shown} THEN NULL
        WHEN previous_hash = ${shown} AND rotated_at > now() - ${GRACE_SECONDS} * interval '1 second' THEN NULL
        ELSE now()
      END
    FROM users
    WHERE sessions.id = ${id}::uuid AND users.id = sessions.user_id AND ${ALIVE}
    RETURNING ${USER_COLUMNS}, sessions.revoked_at IS NOT NULL AS "isReused"`;
  if (row === undefined) return { outcome: "over" };
  const { isReused, ...user } = row;
  return isReused ? { outcome: "reused" } : { outcome: "rotated", user };
};

/** Ends these sessions, whoever's they are: the caller has seen their tokens. */
export const revokeSessions = async (db: Db, ids: readonly string[]): Promise<void> => {
  await db.$executeRaw`
    UPDATE sessions SET revoked_at = now() WHERE id = ANY(${[...ids]}::uuid[]) AND revoked_at IS NULL`;
};

/** Ends one living session of the user. False if there is none. */
export const revokeOwnSession = async (db: Db, { id, userId }: { id: string; userId: string }): Promise<boolean> => {
  const count = await db.$executeRaw`
    UPDATE sessions SET revoked_at = now() WHERE id = ${id}::uuid AND user_id = ${userId}::uuid AND ${ALIVE}`;
  return count > 0;
};

/** Ends all sessions of a user, but for one that may be named. */
export const revokeSessionsOf = async (db: Db, userId: string, exceptId: string | null = null): Promise<void> => {
  await db.$executeRaw`
    UPDATE sessions SET revoked_at = now()
    WHERE user_id = ${userId}::uuid AND revoked_at IS NULL AND id IS DISTINCT FROM ${exceptId}::uuid`;
};

export type SessionRow = Pick<Session, "id" | "userAgent" | "createdAt" | "lastUsedAt" | "expiresAt">;

/** The user's living sessions, newest first; one row more than the limit tells of another page. */
export const listSessions = (
  db: Db,
  userId: string,
  { limit, after }: { limit: number; after: Cursor | null },
): Promise<SessionRow[]> =>
  db.$queryRaw<SessionRow[]>`
    SELECT id, user_agent AS "userAgent", created_at AS "createdAt", last_used_at AS "lastUsedAt",
      least(expires_at, last_used_at + ${IDLE_DAYS} * interval '1 day') AS "expiresAt"
    FROM sessions
    WHERE user_id = ${userId}::uuid AND ${ALIVE}
      AND (${after?.id ?? null}::uuid IS NULL
        OR (created_at, id) < (${after?.createdAt ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`;

/** Removes sessions that ended before `before`; resolves to how many. */
export const deleteEndedSessions = (db: Db, before: Date): Promise<number> =>
  db.$executeRaw`
    DELETE FROM sessions
    WHERE expires_at < ${before} OR revoked_at < ${before} OR last_used_at < ${before} - ${IDLE_DAYS} * interval '1 day'`;
