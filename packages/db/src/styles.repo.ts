import { type Cursor, newId } from "@phonoscene/kernel";

import { arrayLiteral } from "./array-literal.ts";
import type { Db } from "./client.ts";
import { Prisma, type PrismaClient, type Style } from "./generated/client.ts";
import type { StyleFields } from "./storyboard-state.ts";
import { isUniqueViolation } from "./unique.ts";

export type StyleRow = Omit<Style, "userId">;
export type OwnedStyle = { id: string; userId: string };

const COLUMNS = Prisma.sql`id, name, camera, lens, photography, film, style, negative, aspect_ratio AS "aspectRatio", version,
  created_at AS "createdAt", updated_at AS "updatedAt"`;

export type NewStyle = StyleFields & { userId: string; name: string };

/** "name-taken": the user has a style of that name. */
export type StyleRefusal = "too-many" | "name-taken";

const orNameTaken = async <Row>(write: Promise<Row>): Promise<Row | "name-taken"> => {
  try {
    return await write;
  } catch (error) {
    if (isUniqueViolation(error) || isRawUniqueViolation(error)) return "name-taken";
    throw error;
  }
};

/** As Prisma reports it for a statement of ours. */
const isRawUniqueViolation = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2010" && error.message.includes("23505");

/** "too-many" where the user has `max` already; the lock keeps two at once from passing the limit. */
export const createStyle = (db: PrismaClient, style: NewStyle, max: number): Promise<StyleRow | StyleRefusal> =>
  orNameTaken(
    db.$transaction(async (tx) => {
      const { userId, name, camera, lens, photography, film, style: look, negative, aspectRatio } = style;
      await tx.$queryRaw`SELECT id FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
      const [row] = await tx.$queryRaw<StyleRow[]>`
        INSERT INTO styles (id, user_id, name, camera, lens, photography, film, style, negative, aspect_ratio)
        SELECT ${newId()}::uuid, ${userId}::uuid, ${name}, ${camera}, ${lens}, ${photography}, ${film}, ${look}, ${negative},
          ${aspectRatio}
        WHERE (SELECT count(*) FROM styles WHERE user_id = ${userId}::uuid) < ${max}
        RETURNING ${COLUMNS}`;
      return row ?? "too-many";
    }),
  );

export const findStyle = async (db: Db, { id, userId }: OwnedStyle): Promise<StyleRow | null> => {
  const [row] = await db.$queryRaw<StyleRow[]>`
    SELECT ${COLUMNS} FROM styles WHERE id = ${id}::uuid AND user_id = ${userId}::uuid`;
  return row ?? null;
};

/** Newest first; one row more than the limit tells of another page. */
export const listStyles = (
  db: Db,
  userId: string,
  { limit, after }: { limit: number; after: Cursor | null },
): Promise<StyleRow[]> =>
  db.$queryRaw<StyleRow[]>`
    SELECT ${COLUMNS} FROM styles
    WHERE user_id = ${userId}::uuid
      AND (${after?.id ?? null}::uuid IS NULL
        OR (created_at, id) < (${after?.createdAt ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`;

export type StyleChanges = { [Field in keyof StyleFields | "name"]?: string | null | undefined };

/** Changes what is named; `version` undefined takes any. Null: not there, or another version. */
export const updateStyle = (
  db: Db,
  { id, userId, version }: OwnedStyle & { version: number | undefined },
  changes: StyleChanges,
): Promise<StyleRow | null | "name-taken"> => {
  const changed = JSON.stringify(changes);
  return orNameTaken(
    db.$queryRaw<StyleRow[]>`
      UPDATE styles SET (name, camera, lens, photography, film, style, negative, aspect_ratio) = (
          SELECT row.name, row.camera, row.lens, row.photography, row.film, row.style, row.negative, row."aspectRatio"
          FROM jsonb_to_record(to_jsonb(styles) || jsonb_build_object('aspectRatio', aspect_ratio) || ${changed}::jsonb)
            AS row(name text, camera text, lens text, photography text, film text, style text, negative text, "aspectRatio" text)),
        version = version + 1, updated_at = clock_timestamp()
      WHERE id = ${id}::uuid AND user_id = ${userId}::uuid AND version = coalesce(${version ?? null}::int, version)
      RETURNING ${COLUMNS}`.then(([row]) => row ?? null),
  );
};

/** False if the user has no such style. Tasks that name it go on without it. */
export const deleteStyle = async (db: Db, where: OwnedStyle): Promise<boolean> => {
  const { count } = await db.style.deleteMany({ where });
  return count > 0;
};

/** Which of these are the user's. */
export const findOwnStyleIds = async (db: Db, userId: string, ids: readonly string[]): Promise<Set<string>> => {
  if (ids.length === 0) return new Set();
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM styles WHERE user_id = ${userId}::uuid AND id = ANY(${arrayLiteral(ids)}::uuid[])`;
  return new Set(rows.map(({ id }) => id));
};
