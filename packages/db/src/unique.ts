import { Prisma } from "./generated/client.ts";

/** Whether an error says that such a row is there already. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
