import { deleteSession, listSessions as listSessionsContract, type Session } from "@phonoscene/contracts";
import { type Database, listSessions, revokeOwnSession, type SessionRow } from "@phonoscene/db";
import { AppError, decodeCursor } from "@phonoscene/kernel";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { toPage } from "./pages.ts";

export const toSessionView = (row: SessionRow, currentId: string | null): Session => ({
  object: "session",
  id: row.id,
  isCurrent: row.id === currentId,
  userAgent: row.userAgent,
  createdAt: row.createdAt.toISOString(),
  lastUsedAt: row.lastUsedAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
});

export const sessionRoutes = ({ database: { db } }: { database: Database }): Route[] => [
  endpoint(listSessionsContract, async ({ user, sessionId, query: { limit, cursor } }) => {
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const { data, ...page } = toPage(await listSessions(db, user.id, { limit, after }), limit);
    return { ...page, data: data.map((row) => toSessionView(row, sessionId)) };
  }),

  endpoint(deleteSession, async ({ user, params }) => {
    if (await revokeOwnSession(db, { id: params.id, userId: user.id })) return undefined;
    throw new AppError("session/not-found", {
      detail: "There is no such session among yours: it was never there, or it is over.",
    });
  }),
];
