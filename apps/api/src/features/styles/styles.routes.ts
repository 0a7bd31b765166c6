import * as contracts from "@phonoscene/contracts";
import {
  createStyle,
  type Database,
  deleteStyle,
  findStyle,
  listStyles,
  type StyleRow,
  updateStyle,
} from "@phonoscene/db";
import { AppError, decodeCursor } from "@phonoscene/kernel";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { etagOf, versionOfIfMatch } from "../../http/etag.ts";
import { toPage } from "../accounts/index.ts";

type Answering = { setHeader(name: string, value: string): void };

const styleNotFound = (): AppError =>
  new AppError("style/not-found", {
    detail: "There is no such style among yours: it was never there, or it was deleted.",
  });

const nameTaken = (): AppError =>
  new AppError("style/name-taken", {
    detail: "You have a style of that name: take another name, or change that style.",
  });

const toStyleView = (row: StyleRow): contracts.Style => ({
  object: "style",
  ...row,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

const answer = (row: StyleRow | null, { setHeader }: Answering): contracts.Style => {
  if (row === null) throw styleNotFound();
  setHeader("ETag", etagOf(row));
  return toStyleView(row);
};

const updateRoute = ({ db }: Database): Route =>
  endpoint(contracts.updateStyle, async (input) => {
    const owned = { id: input.params.id, userId: input.user.id };
    const version = versionOfIfMatch(input.header("if-match"));
    const row = await updateStyle(db, { ...owned, version }, input.body);
    if (row === "name-taken") throw nameTaken();
    if (row !== null) return answer(row, input);
    const current = answer(await findStyle(db, owned), input);
    const detail = `The style has changed: it is at version ${current.version} now. Look at it, and send the change again.`;
    throw new AppError("request/stale", { detail, current });
  });

export const styleRoutes = ({ database }: { database: Database }): Route[] => {
  const { db } = database;
  return [
    endpoint(contracts.createStyle, async (input) => {
      const row = await createStyle(db, { ...input.body, userId: input.user.id }, contracts.MAX_STYLES);
      if (row === "name-taken") throw nameTaken();
      if (row === "too-many") {
        const detail = `An account has at most ${contracts.MAX_STYLES} styles: delete one, or change one.`;
        throw new AppError("style/too-many", { detail });
      }
      input.setHeader("Location", `/v1/styles/${row.id}`);
      return answer(row, input);
    }),

    endpoint(contracts.listStyles, async ({ user, query: { limit, cursor } }) => {
      const after = cursor === undefined ? null : decodeCursor(cursor);
      const { data, ...page } = toPage(await listStyles(db, user.id, { limit, after }), limit);
      return { ...page, data: data.map(toStyleView) };
    }),

    endpoint(contracts.getStyle, async (input) =>
      answer(await findStyle(db, { id: input.params.id, userId: input.user.id }), input),
    ),

    updateRoute(database),

    endpoint(contracts.deleteStyle, async ({ user, params }) => {
      if (!(await deleteStyle(db, { id: params.id, userId: user.id }))) throw styleNotFound();
      return undefined;
    }),
  ];
};
