import { EXPORT_MEDIA_TYPE, exportAccount, ExportLine } from "@phonoscene/contracts";
import { type Database, listApiKeys, listSessions, listWebhooks, listWholeTasks, type User } from "@phonoscene/db";
import type { Cursor } from "@phonoscene/kernel";
import type { z } from "zod";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { toApiKeyView, toSessionView, toUserView } from "../accounts/index.ts";
import { toWebhookView } from "../webhooks/index.ts";
import { toTaskLine } from "./task-line.ts";

/** A task may hold ten hours of transcript: few are in memory at a time. */
const TASKS_A_PAGE = 10;
const ROWS_A_PAGE = 100;

const NOTES = [
  "Recordings are described, not contained: the service keeps each as it was sent, until its task is deleted.",
  "Passwords, tokens and API keys are kept as hashes only, and are not contained.",
  "The secrets of webhooks, and what was sent to them, are not contained.",
];

type Page = { limit: number; after: Cursor | null };

/** Rows of a list that is read page by page: the next page is asked for once the last row of this one was taken. */
async function* rowsOf<Row extends Cursor>(
  limit: number,
  readPage: (page: Page) => Promise<Row[]>,
): AsyncGenerator<Row> {
  for (let after: Cursor | null = null; ;) {
    const found = await readPage({ limit, after });
    const page = found.slice(0, limit);
    yield* page;
    after = page.at(-1) ?? null;
    if (found.length <= limit) return;
  }
}

type UnparsedLine = z.input<typeof ExportLine>;
type Exported = { user: User; sessionId: string | null };

async function* linesOf({ db }: Database, { user, sessionId }: Exported): AsyncGenerator<UnparsedLine> {
  const counts = { sessions: 0, apiKeys: 0, webhooks: 0, tasks: 0 };
  yield { object: "export.start", format: 1, createdAt: new Date().toISOString(), notes: NOTES };
  yield toUserView(user);
  for await (const row of rowsOf(ROWS_A_PAGE, (page) => listSessions(db, user.id, page))) {
    counts.sessions += 1;
    yield toSessionView(row, sessionId);
  }
  for await (const row of rowsOf(ROWS_A_PAGE, (page) => listApiKeys(db, user.id, page))) {
    counts.apiKeys += 1;
    yield toApiKeyView(row);
  }
  for await (const row of rowsOf(ROWS_A_PAGE, (page) => listWebhooks(db, user.id, page))) {
    counts.webhooks += 1;
    yield toWebhookView(row);
  }
  for await (const row of rowsOf(TASKS_A_PAGE, (page) => listWholeTasks(db, user.id, page))) {
    counts.tasks += 1;
    yield toTaskLine(row);
  }
  yield { object: "export.end", counts };
}

/** Parsed on the way out, like every answer: a new column is not in the export until the contract says so. */
async function* toNdjson(lines: AsyncIterable<UnparsedLine>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(ExportLine.parse(line))}\n`;
}

/** Read as fast as the client takes it, and not at all once the client is gone. */
export const accountExportRoutes = ({ database }: { database: Database }): Route[] => [
  endpoint(exportAccount, async ({ user, sessionId, setHeader }) => {
    setHeader("Content-Disposition", 'attachment; filename="phonoscene-export.ndjson"');
    return { mediaType: EXPORT_MEDIA_TYPE, chunks: toNdjson(linesOf(database, { user, sessionId })) };
  }),
];
