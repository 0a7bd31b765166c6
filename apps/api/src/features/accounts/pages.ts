import { encodeCursor } from "@phonoscene/kernel";

/** The page of `limit` rows, out of a query that asked for one more to know whether there is another. */
export const toPage = <Row extends { createdAt: Date; id: string }>(rows: readonly Row[], limit: number) => {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const hasMore = rows.length > limit;
  return {
    object: "list" as const,
    data,
    hasMore,
    nextCursor: hasMore && last !== undefined ? encodeCursor(last) : null,
  };
};
