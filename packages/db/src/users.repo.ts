import { AppError, newId } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import type { User } from "./generated/client.ts";
import { isUniqueViolation } from "./unique.ts";

export type { User } from "./generated/client.ts";

/** @throws AppError "user/email-taken". */
export const createUser = async (
  db: Db,
  user: { email: string; name: string; passwordHash: string },
): Promise<User> => {
  try {
    return await db.user.create({ data: { id: newId(), ...user } });
  } catch (cause) {
    if (!isUniqueViolation(cause)) throw cause;
    throw new AppError("user/email-taken", { detail: "This email has an account already: log in instead." }, { cause });
  }
};

export const findUserByEmail = (db: Db, email: string): Promise<User | null> =>
  db.user.findUnique({ where: { email } });
