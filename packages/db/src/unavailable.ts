import { Prisma } from "./generated/client.ts";

/** Prisma's codes for a server that cannot be reached, times out, or closes the connection. */
const PRISMA_CODES = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"]);

/** Socket errors, and Postgres' own: class 08 and 57P (connection lost, shutting down), 53300 (too many clients). */
const DRIVER_CODE = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|08\w{3}|57P0\d|53300)$/;

const DRIVER_MESSAGE =
  /connection (terminated|timeout|ended)|timeout exceeded when trying to connect|can't reach database|server has closed/i;

/** Whether an error says that the database cannot be reached right now, rather than that a query is wrong. */
export const isDatabaseUnavailable = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (error instanceof Prisma.PrismaClientKnownRequestError && PRISMA_CODES.has(error.code)) return true;
  if ("code" in error && typeof error.code === "string" && DRIVER_CODE.test(error.code)) return true;
  return DRIVER_MESSAGE.test(error.message) || isDatabaseUnavailable(error.cause);
};
