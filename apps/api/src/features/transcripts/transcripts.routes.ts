import {
  editTranscript,
  listTranscriptRevisions as listRevisionsContract,
  restoreTranscript,
  type TranscriptWithWords,
} from "@phonoscene/contracts";
import { type Database, listTranscriptRevisions } from "@phonoscene/db";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { etagOf, versionOfIfMatch } from "../../http/etag.ts";
import { changeAndRead, readTranscript } from "./change-transcript.ts";

type Input = {
  params: { id: string };
  user: { id: string };
  header(name: string): string | undefined;
  setHeader(name: string, value: string): void;
};

const taskOf = ({ params, user }: Pick<Input, "params" | "user">) => ({ id: params.id, userId: user.id });
const expected = (input: Input) => ({ ...taskOf(input), version: versionOfIfMatch(input.header("If-Match")) });

const answer = (transcript: TranscriptWithWords, { setHeader }: Pick<Input, "setHeader">): TranscriptWithWords => {
  setHeader("ETag", etagOf(transcript));
  return transcript;
};

export const transcriptRoutes = ({ database }: { database: Database }): Route[] => [
  endpoint(editTranscript, async (input) => {
    const { language, segments = [] } = input.body;
    return answer(await changeAndRead(database, expected(input), { kind: "edit", language, segments }), input);
  }),

  endpoint(listRevisionsContract, async (input) => {
    await readTranscript(database, taskOf(input));
    const rows = await listTranscriptRevisions(database.db, taskOf(input));
    const data = rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
    return { object: "list" as const, data, hasMore: false, nextCursor: null };
  }),

  endpoint(restoreTranscript, async (input) => {
    const { version } = input.body;
    return answer(await changeAndRead(database, expected(input), { kind: "restore", version }), input);
  }),
];
