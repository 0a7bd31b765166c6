import { z } from "zod";

import { AppError } from "./errors.ts";

/** From year 1 on: the database knows no year 0. */
const Moment = z.iso.datetime().refine((text) => !text.startsWith("0000"));

const Cursor = z.tuple([Moment, z.uuid()]);

/** A place in the total order `(createdAt, id)`. */
export type Cursor = { createdAt: Date; id: string };

/** Opaque to clients; the row itself is not looked up, so a deleted row's cursor stays good. */
export const encodeCursor = ({ createdAt, id }: Cursor): string =>
  Buffer.from(JSON.stringify([createdAt.toISOString(), id])).toString("base64url");

/** @throws AppError "request/cursor-invalid" for anything `encodeCursor` did not make. */
export const decodeCursor = (cursor: string): Cursor => {
  try {
    const [createdAt, id] = Cursor.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    return { createdAt: new Date(createdAt), id };
  } catch (cause) {
    throw new AppError(
      "request/cursor-invalid",
      {
        detail:
          "The cursor is not one that this list gave out: take `nextCursor` from the last page, or start without one.",
      },
      { cause },
    );
  }
};
