import { AppError } from "@phonoscene/kernel";

export const encodeRevisionCursor = (version: number): string => Buffer.from(`v${version}`).toString("base64url");

/** @throws AppError "request/cursor-invalid" for anything `encodeRevisionCursor` did not make. */
export const decodeRevisionCursor = (cursor: string): number => {
  const version = /^v([1-9]\d{0,8})$/.exec(Buffer.from(cursor, "base64url").toString("utf8"))?.[1];
  if (version !== undefined) return Number(version);
  throw new AppError("request/cursor-invalid", {
    detail:
      "The cursor is not one that this list gave out: take `nextCursor` from the last page, or start without one.",
  });
};
