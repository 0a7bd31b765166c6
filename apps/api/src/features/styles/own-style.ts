import { type Database, findOwnStyleIds, type ItemFault } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";

export const faultOfStyle: ItemFault = {
  code: "request/invalid",
  path: "styleId",
  message: "There is no such style among yours: it was never there, or it was deleted.",
};

/** @throws AppError "request/invalid" where a style is named that is not the user's. */
export const checkOwnStyle = async (
  db: Database["db"],
  userId: string,
  styleId: string | null | undefined,
): Promise<void> => {
  if (styleId === null || styleId === undefined) return;
  if ((await findOwnStyleIds(db, userId, [styleId])).has(styleId)) return;
  const path = `body.${faultOfStyle.path}`;
  const { message } = faultOfStyle;
  throw new AppError("request/invalid", {
    detail: `${path}: ${message}`,
    errors: [{ path, code: "not_found", message }],
  });
};
