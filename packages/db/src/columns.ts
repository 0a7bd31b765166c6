import { Prisma } from "./generated/client.ts";

/** The schema names every column after its field. */
const columnOf = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `t.user_id AS "userId", ...`: rows in the shape that Prisma's client gives them. */
export const selectFields = (table: string, fields: readonly string[]): Prisma.Sql =>
  Prisma.raw(fields.map((field) => `${table}.${columnOf(field)} AS "${field}"`).join(", "));

/** `'userId', t.user_id, ...`, for `json_build_object`. */
export const jsonFields = (table: string, fields: readonly string[]): Prisma.Sql =>
  Prisma.raw(fields.map((field) => `'${field}', ${table}.${columnOf(field)}`).join(", "));

/** `(user_id, ...) VALUES (...)`; what is undefined is left to the column's default. */
export const insertFields = (
  fields: Readonly<Record<string, string | number | Prisma.Sql | null | undefined>>,
): Prisma.Sql => {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const columns = Prisma.raw(given.map(([field]) => columnOf(field)).join(", "));
  return Prisma.sql`(${columns}) VALUES (${Prisma.join(given.map(([, value]) => value))})`;
};
