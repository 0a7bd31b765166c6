import {
  addPrompt,
  deletePrompt,
  editPrompt,
  getPrompt,
  listPromptRevisions,
  listPrompts as listPromptsContract,
  restorePrompt,
} from "@phonoscene/contracts";
import { type Database, findRevision, listPrompts, listRevisions, type PromptRow } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { etagOf, versionOfIfMatch } from "../../http/etag.ts";
import { changePrompt, readPrompt, taskNotFound } from "./change-prompt.ts";
import { toPromptView } from "./prompt.view.ts";
import { decodeRevisionCursor, encodeRevisionCursor } from "./revision-cursor.ts";

type PathAndUser = { params: { id: string; promptId: string }; user: { id: string } };

const keyOf = ({ params, user }: PathAndUser) => ({ id: params.promptId, taskId: params.id, userId: user.id });

type Answering = { setHeader(name: string, value: string): void };

const answer = (row: PromptRow, { setHeader }: Answering) => {
  setHeader("ETag", etagOf(row));
  return toPromptView(row);
};

const collectionRoutes = (database: Database): Route[] => [
  endpoint(listPromptsContract, async ({ user, params }) => {
    const rows = await listPrompts(database.db, { id: params.id, userId: user.id });
    if (rows === null) throw taskNotFound();
    return { object: "list" as const, data: rows.map(toPromptView), hasMore: false, nextCursor: null };
  }),

  endpoint(addPrompt, async (input) => {
    const task = { taskId: input.params.id, userId: input.user.id };
    const id = await changePrompt(database, task, input.body);
    input.setHeader("Location", `/v1/tasks/${task.taskId}/prompts/${id}`);
    return answer(await readPrompt(database, { ...task, id }), input);
  }),
];

const itemRoutes = (database: Database): Route[] => [
  endpoint(getPrompt, async (input) => answer(await readPrompt(database, keyOf(input)), input)),

  endpoint(editPrompt, async (input) => {
    const key = keyOf(input);
    const version = versionOfIfMatch(input.header("If-Match"));
    await changePrompt(database, key, { ...input.body, id: key.id, version });
    return answer(await readPrompt(database, key), input);
  }),

  endpoint(deletePrompt, async (input) => {
    const key = keyOf(input);
    const version = versionOfIfMatch(input.header("If-Match"));
    await changePrompt(database, key, { id: key.id, version, delete: true });
    return undefined;
  }),
];

const revisionRoutes = (database: Database): Route[] => [
  endpoint(listPromptRevisions, async (input) => {
    const key = keyOf(input);
    const { limit, cursor } = input.query;
    await readPrompt(database, key);
    const before = cursor === undefined ? null : decodeRevisionCursor(cursor);
    const rows = await listRevisions(database.db, key, { limit, before });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const hasMore = rows.length > limit;
    return {
      object: "list" as const,
      data: page.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() })),
      hasMore,
      nextCursor: hasMore && last !== undefined ? encodeRevisionCursor(last.version) : null,
    };
  }),

  endpoint(restorePrompt, async (input) => {
    const key = keyOf(input);
    const current = await readPrompt(database, key);
    const wanted = input.body.version;
    if (wanted > current.version) {
      const detail = `The prompt is at version ${current.version}: there is no version ${wanted} to go back to.`;
      throw new AppError("prompt/revision-not-found", { detail });
    }
    const { content, negative } = (await findRevision(database.db, key, wanted)) ?? current;
    const version = versionOfIfMatch(input.header("If-Match"));
    await changePrompt(database, key, { id: key.id, version, content, negative });
    return answer(await readPrompt(database, key), input);
  }),
];

export const promptRoutes = ({ database }: { database: Database }): Route[] => [
  ...collectionRoutes(database),
  ...itemRoutes(database),
  ...revisionRoutes(database),
];
