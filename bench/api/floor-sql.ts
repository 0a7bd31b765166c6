import { randomUUID } from "node:crypto";

import type pg from "pg";

import { TaskOptions } from "../../packages/contracts/src/index.ts";

/** What the API fills in where a request says nothing; the floor stores it as it is. */
const DEFAULTS = JSON.stringify(TaskOptions.parse({}));

const COLUMNS = `t.id, t.kind, t.name, t.status, t.stage, t.progress, t.error_code, t.error_message, t.error_stage,
  t.error_retryable, t.warnings, t.language, t.options, t.metadata, t.speech_engine, t.prompt_engine, t.usage, t.version,
  t.created_at, t.updated_at, t.started_at, t.transcribed_at, t.prompting_at, t.completed_at`;

const WITH_PROMPTS = `${COLUMNS}, CASE WHEN a.id IS NOT NULL THEN
    json_build_object('filename', a.filename, 'sizeBytes', a.size_bytes, 'format', a.format, 'durationMs', a.duration_ms) END AS audio,
  coalesce((SELECT json_agg(json_build_object('id', p.id, 'position', p.position, 'sceneIndex', s.index, 'startMs', s.start_ms,
      'endMs', s.end_ms, 'segmentIds', coalesce(s.segment_ids, '{}'), 'excerpt', coalesce(s.excerpt, ''), 'content', p.content,
      'negative', p.negative, 'slots', p.slots, 'locked', p.locked, 'version', p.version) ORDER BY p.position)
    FROM prompts p LEFT JOIN scenes s ON s.id = p.scene_id WHERE p.task_id = t.id), '[]') AS prompts
  FROM tasks t LEFT JOIN audio a ON a.id = t.audio_id`;

export const LIST = `SELECT ${WITH_PROMPTS} WHERE t.user_id = $1 ORDER BY t.created_at DESC, t.id DESC LIMIT $2`;
export const FIND = `SELECT ${WITH_PROMPTS} WHERE t.user_id = $1 AND t.id = $2`;

const msBetween = (from: Date | null, to: Date | null): number | null =>
  from === null || to === null ? null : to.getTime() - from.getTime();

/** A row as the API shows it. */
export const toView = (row: pg.QueryResultRow): unknown => ({
  object: "task",
  id: row["id"],
  kind: row["kind"],
  name: row["name"],
  status: row["status"],
  stage: row["stage"],
  progress: row["progress"],
  error: row["error_code"] && {
    code: row["error_code"],
    message: row["error_message"],
    stage: row["error_stage"],
    retryable: row["error_retryable"],
  },
  warnings: row["warnings"],
  language: row["language"],
  options: row["options"],
  metadata: row["metadata"],
  audio: row["audio"] ?? null,
  speechEngine: row["speech_engine"],
  promptEngine: row["prompt_engine"],
  usage: row["usage"],
  timings: {
    queuedMs: msBetween(row["created_at"], row["started_at"]),
    transcribingMs: msBetween(row["started_at"], row["transcribed_at"]),
    promptingMs: msBetween(row["prompting_at"], row["completed_at"]),
    totalMs: msBetween(row["created_at"], row["completed_at"]),
  },
  version: row["version"],
  createdAt: row["created_at"],
  updatedAt: row["updated_at"],
  completedAt: row["completed_at"],
  urls: { self: `/v1/tasks/${row["id"]}`, cancel: `/v1/tasks/${row["id"]}/cancel` },
  prompts: row["prompts"],
});

type Statement = { text: string; values: unknown[] };

/** Resolves to the rows of the first statement. */
const inTransaction = async (pool: pg.Pool, statements: readonly Statement[]): Promise<pg.QueryResultRow[]> => {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const results: pg.QueryResult[] = [];
    for (const statement of statements) results.push(await client.query(statement));
    await client.query("COMMIT");
    return results[0]?.rows ?? [];
  } finally {
    client.release();
  }
};

type NewTask = { id: string; userId: string; text: string; name: string };

export const createTask = async (pool: pg.Pool, { id, userId, text, name }: NewTask): Promise<pg.QueryResultRow> => {
  const insert = `INSERT INTO tasks AS t (id, user_id, kind, name, text, options) VALUES ($1, $2, 'text', $3, $4, $5) RETURNING ${COLUMNS}`;
  const [row] = await inTransaction(pool, [
    { text: insert, values: [id, userId, name, text, DEFAULTS] },
    {
      text: "INSERT INTO outbox (job, payload) VALUES ('write-prompts', $1)",
      values: [JSON.stringify({ taskId: id })],
    },
  ]);
  return row ?? {};
};

const settled = (ids: readonly string[]) => ({ results: ids.map((id, index) => ({ index, id })) });

export const createTasks = async (pool: pg.Pool, userId: string, items: { text: string; name: string }[]) => {
  const ids = items.map(() => randomUUID());
  const tasks = `INSERT INTO tasks (id, user_id, kind, name, text, options)
    SELECT id, $4, 'text', name, text, $5 FROM unnest($1::uuid[], $2::text[], $3::text[]) AS row (id, name, text)`;
  const jobs = `INSERT INTO outbox (job, payload)
    SELECT 'write-prompts', jsonb_build_object('taskId', id) FROM unnest($1::uuid[]) AS row (id)`;
  await inTransaction(pool, [
    { text: tasks, values: [ids, items.map(({ name }) => name), items.map(({ text }) => text), userId, DEFAULTS] },
    { text: jobs, values: [ids] },
  ]);
  return settled(ids);
};

const SET_NAMES = `UPDATE tasks SET name = row.name, version = version + 1, updated_at = now()
  FROM unnest($1::uuid[], $2::text[]) AS row (id, name) WHERE tasks.id = row.id AND user_id = $3`;
const KEEP_WORDS = `INSERT INTO prompt_revisions (prompt_id, version, content, negative, created_at)
  SELECT id, version, content, negative, updated_at FROM prompts WHERE id = ANY($1::uuid[])`;
const SET_WORDS = `UPDATE prompts SET content = row.content, position = row.position, version = version + 1, updated_at = now()
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[]) AS row (id, task_id, content, position)
  WHERE prompts.id = row.id AND prompts.task_id = row.task_id`;

export type BulkUpdate = { id: string; name: string; prompts: { id: string; content: string; position: number }[] };

export const changeTasks = async (pool: pg.Pool, userId: string, items: readonly BulkUpdate[]) => {
  const prompts = items.flatMap((item) => item.prompts.map((prompt) => ({ ...prompt, taskId: item.id })));
  const ids = items.map(({ id }) => id);
  const promptIds = prompts.map(({ id }) => id);
  await inTransaction(pool, [
    { text: SET_NAMES, values: [ids, items.map(({ name }) => name), userId] },
    { text: KEEP_WORDS, values: [promptIds] },
    {
      text: SET_WORDS,
      values: [
        promptIds,
        prompts.map(({ taskId }) => taskId),
        prompts.map(({ content }) => content),
        prompts.map(({ position }) => position),
      ],
    },
  ]);
  return settled(ids);
};

export const deleteTasks = async (pool: pg.Pool, userId: string, ids: string[]) => {
  await pool.query("DELETE FROM tasks WHERE id = ANY($1::uuid[]) AND user_id = $2", [ids, userId]);
  return settled(ids);
};
