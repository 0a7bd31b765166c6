import { type Cursor, newId } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import { type ApiKey, Prisma, type User } from "./generated/client.ts";
import { queryPrepared } from "./query.ts";
import { USER_COLUMNS } from "./sessions.repo.ts";

type Hash = Uint8Array<ArrayBuffer>;

export type ApiKeyRow = Omit<ApiKey, "hash" | "userId">;

export type ApiKeyFields = {
  userId: string;
  name: string;
  prefix: string;
  hash: Hash;
  scopes: readonly string[];
  /** Null never ends. */
  expiresInMs: number | null;
};

const KEY_COLUMNS = Prisma.sql`id, name, prefix, scopes, last_used_at AS "lastUsedAt", expires_at AS "expiresAt",
  created_at AS "createdAt"`;

export const createApiKey = async (db: Db, key: ApiKeyFields): Promise<ApiKeyRow> => {
  const rows = await db.$queryRaw<[ApiKeyRow]>`
    INSERT INTO api_keys (id, user_id, name, prefix, hash, scopes, expires_at)
    VALUES (${newId()}::uuid, ${key.userId}::uuid, ${key.name}, ${key.prefix}, ${key.hash}, ${[...key.scopes]}::text[],
      now() + ${key.expiresInMs}::double precision * interval '1 ms')
    RETURNING ${KEY_COLUMNS}`;
  return rows[0];
};

/** The user's keys, newest first, those that are over too; one row more than the limit tells of another page. */
export const listApiKeys = (
  db: Db,
  userId: string,
  { limit, after }: { limit: number; after: Cursor | null },
): Promise<ApiKeyRow[]> =>
  db.$queryRaw<ApiKeyRow[]>`
    SELECT ${KEY_COLUMNS} FROM api_keys
    WHERE user_id = ${userId}::uuid
      AND (${after?.id ?? null}::uuid IS NULL
        OR (created_at, id) < (${after?.createdAt ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`;

/** False if the user has no such key. */
export const deleteApiKey = async (db: Db, where: { id: string; userId: string }): Promise<boolean> => {
  const { count } = await db.apiKey.deleteMany({ where });
  return count > 0;
};

export type ApiKeyOwner = { user: User; scopes: readonly string[] };

/**
 * The key's owner and what it may do, or null where there is no such key or it is over. Notes the use in the same
 * statement, at most once a minute, so that reading stays reading.
 */
export const useApiKey = async (db: Db, hash: Hash): Promise<ApiKeyOwner | null> => {
  const [row] = await queryPrepared<User & { scopes: string[] }>(
    db,
    Prisma.sql`
      WITH noted AS (
        UPDATE api_keys SET last_used_at = now()
        WHERE hash = ${hash} AND (expires_at IS NULL OR expires_at > now())
          AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
      )
      SELECT ${USER_COLUMNS}, api_keys.scopes FROM api_keys JOIN users ON users.id = api_keys.user_id
      WHERE api_keys.hash = ${hash} AND (api_keys.expires_at IS NULL OR api_keys.expires_at > now())`,
  );
  if (row === undefined) return null;
  const { scopes, ...user } = row;
  return { user, scopes };
};
