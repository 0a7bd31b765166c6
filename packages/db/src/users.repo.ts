import { AppError, MINUTE, newId } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import type { PrismaClient, User } from "./generated/client.ts";
import { FORGET_GONE } from "./provider-work.repo.ts";
import { revokeSessionsOf } from "./sessions.repo.ts";
import { isUniqueViolation } from "./unique.ts";

export type { User } from "./generated/client.ts";

const orEmailTaken = async <T>(write: Promise<T>): Promise<T> => {
  try {
    return await write;
  } catch (cause) {
    if (!isUniqueViolation(cause)) throw cause;
    const detail = "This email has an account already: log in to that one, or choose another email.";
    throw new AppError("user/email-taken", { detail }, { cause });
  }
};

/** @throws AppError "user/email-taken". */
export const createUser = (db: Db, user: { email: string; name: string; passwordHash: string }): Promise<User> =>
  orEmailTaken(db.user.create({ data: { id: newId(), ...user } }));

export const findUserByEmail = (db: Db, email: string): Promise<User | null> =>
  db.user.findUnique({ where: { email } });

/** Null where the user is gone. @throws AppError "user/email-taken". */
export const updateUser = async (
  db: Db,
  id: string,
  changes: { name?: string; email?: string },
): Promise<User | null> => {
  const [user] = await orEmailTaken(db.user.updateManyAndReturn({ where: { id }, data: changes }));
  return user ?? null;
};

/** Gives an account a role, and says whether it had another one; null where there is no such account. Its tokens and keys have it at once. */
export const setUserRole = async (
  db: Db,
  email: string,
  role: User["role"],
): Promise<{ isChanged: boolean } | null> => {
  const { count } = await db.user.updateMany({ where: { email, role: { not: role } }, data: { role } });
  if (count > 0) return { isChanged: true };
  return (await findUserByEmail(db, email)) === null ? null : { isChanged: false };
};

/** The accounts that may administer, the oldest first. */
export const listAdmins = (db: Db): Promise<User[]> =>
  db.user.findMany({ where: { role: "admin" }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] });

/** Whether the database has the tables of accounts: it was migrated at least once. */
export const hasUsersTable = async (db: Db): Promise<boolean> => {
  const [row] = await db.$queryRaw<{ found: boolean }[]>`SELECT to_regclass('users') IS NOT NULL AS found`;
  return row?.found ?? false;
};

export type PasswordChange = { userId: string; oldHash: string; newHash: string };

/** False where the password is no longer the one that `oldHash` was read from. */
export const replacePasswordHash = async (db: Db, { userId, oldHash, newHash }: PasswordChange): Promise<boolean> => {
  const { count } = await db.user.updateMany({
    where: { id: userId, passwordHash: oldHash },
    data: { passwordHash: newHash },
  });
  return count > 0;
};

/** Sets the new password and ends every other session, or does neither: false as in `replacePasswordHash`. */
export const changePassword = (
  db: PrismaClient,
  change: PasswordChange,
  exceptSessionId: string | null,
): Promise<boolean> =>
  db.$transaction(async (tx) => {
    const isChanged = await replacePasswordHash(tx, change);
    if (isChanged) await revokeSessionsOf(tx, change.userId, exceptSessionId);
    return isChanged;
  });

/** A user may own very many tasks. */
const DELETE_TIMEOUT_MS = 2 * MINUTE;

/**
 * Deletes the user with all that belongs to him and asks for his recordings and providers' copies to be deleted, in four statements whatever
 * he owns. The lock keeps new recordings out meanwhile: none can slip past the list of files.
 */
export const deleteUser = (db: PrismaClient, id: string): Promise<void> =>
  db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT id FROM users WHERE id = ${id}::uuid FOR UPDATE`;
      await tx.$executeRaw`
        INSERT INTO outbox (job, payload)
        SELECT 'maintenance', jsonb_build_object('action', 'delete-audio', 'storageKey', storage_key)
        FROM audio WHERE user_id = ${id}::uuid`;
      // A recording may not go before the tasks that name it.
      await tx.$executeRaw`
        WITH gone AS (DELETE FROM tasks WHERE user_id = ${id}::uuid RETURNING provider, provider_job_id), ${FORGET_GONE}`;
      await tx.user.deleteMany({ where: { id } });
    },
    { timeout: DELETE_TIMEOUT_MS },
  );
