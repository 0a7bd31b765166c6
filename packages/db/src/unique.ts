import pg from "pg";

import { Prisma } from "./generated/client.ts";

const UNIQUE_VIOLATION = "23505";

/** Whether an error, Prisma's or the driver's, says that such a row is there already. */
export const isUniqueViolation = (error: unknown): boolean =>
  (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002") ||
  (error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION);
