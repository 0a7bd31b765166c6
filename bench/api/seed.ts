import type pg from "pg";

import { TaskOptions } from "../../packages/contracts/src/index.ts";

export type Seed = { ownerId: string; tasks: number; onStep(done: number, total: number): void };

const PROMPTS_EACH = 4;
const SEGMENTS_EACH = 8;
const USERS = 1000;

/** A UUIDv7 of a moment: its index grows at one end, as in a database that was filled by the service. */
const idAt = (moment: string, salt: string): string =>
  `(lpad(to_hex((extract(epoch FROM ${moment}) * 1000)::bigint), 12, '0') || '7' || substr(md5(${salt}), 1, 3) || '8' ||
    substr(md5(${salt}), 4, 15))::uuid`;

const CREATED = "(date_trunc('second', now()) - (tasks - n) * interval '1 minute')";

const OWNER = `CASE WHEN n % 2 = 0 THEN owner ELSE md5('user' || (1 + n % ${USERS}))::uuid END`;

const SLOTS = `jsonb_build_array(
  jsonb_build_object('name', 'subject', 'value', 'a red fishing boat', 'origin', 'text'),
  jsonb_build_object('name', 'action', 'value', 'fighting the waves', 'origin', 'text'),
  jsonb_build_object('name', 'setting', 'value', 'the open sea, lighthouse', 'origin', 'carried'),
  jsonb_build_object('name', 'mood', 'value', 'tense, restless', 'origin', 'inferred'),
  jsonb_build_object('name', 'light', 'value', 'warm light', 'origin', 'style'))`;

/** Each in one statement: half of the tasks are the owner's, one in four is a recording with a transcript. */
const STATEMENTS = [
  `INSERT INTO users (id, email, name, password_hash)
   SELECT md5('user' || n)::uuid, 'user' || n || '@bench.example', 'User ' || n, '' FROM generate_series(1, ${USERS}) AS n`,
  `INSERT INTO audio (id, user_id, filename, format, size_bytes, storage_key, duration_ms, created_at)
   SELECT ${idAt(CREATED, "'audio' || n")}, ${OWNER},
     'talk ' || n || '.mp3', 'mp3', 4000000, 'audio-' || n || '.mp3', 240000, ${CREATED}
   FROM size, generate_series(4, tasks, 4) AS n`,
  `INSERT INTO tasks (id, user_id, kind, name, status, progress, text, audio_id, options, metadata, prompt_engine,
     speech_engine, version, created_at, updated_at, enqueued_at, started_at, transcribed_at, prompting_at, completed_at)
   SELECT ${idAt(CREATED, "'task' || n")}, ${OWNER},
     (CASE WHEN n % 4 = 0 THEN 'audio' ELSE 'text' END)::"TaskKind", 'Storyboard ' || n, 'completed', 1,
     CASE WHEN n % 4 > 0 THEN 'Story number ' || n || '. ' || repeat('The keeper climbed the iron stairs and lit the lamp. ', 9) END,
     CASE WHEN n % 4 = 0 THEN ${idAt(CREATED, "'audio' || n")} END, options,
     jsonb_build_object('project', 'project ' || (n / 2) % 500, 'shot', n::text), 'local',
     CASE WHEN n % 4 = 0 THEN 'local/moonshine-base' END, 3, ${CREATED}, ${CREATED}, ${CREATED}, ${CREATED}, ${CREATED}, ${CREATED}, ${CREATED}
   FROM size, generate_series(1, tasks) AS n`,
  `INSERT INTO transcripts (task_id, language, engine, text, duration_ms, created_at)
   SELECT ${idAt(CREATED, "'task' || n")}, 'en', 'local/moonshine-base', 'Talk number ' || n || '. ' || repeat('A black storm came over the sea. ', 15), 240000, ${CREATED}
   FROM size, generate_series(4, tasks, 4) AS n`,
  `INSERT INTO transcript_segments (task_id, position, start_ms, end_ms, text, confidence)
   SELECT ${idAt(CREATED, "'task' || n")}, position, position * 30000, (position + 1) * 30000, 'A black storm came over the sea and stayed.', 0.9
   FROM size, generate_series(4, tasks, 4) AS n, generate_series(0, ${SEGMENTS_EACH - 1}) AS position`,
  `INSERT INTO scenes (id, task_id, index, start_ms, end_ms, segment_ids, excerpt, place, time_of_day, mood)
   SELECT ${idAt(CREATED, "'scene' || n || ' ' || index")}, ${idAt(CREATED, "'task' || n")}, index, index * 60000, (index + 1) * 60000,
     ARRAY[2 * index, 2 * index + 1], 'The keeper climbed the iron stairs and lit the great lamp.', 'lighthouse', 'evening', 'tense'
   FROM size, generate_series(1, tasks) AS n, generate_series(0, ${PROMPTS_EACH - 1}) AS index`,
  `INSERT INTO prompts (id, task_id, scene_id, position, content, negative, slots, created_at, updated_at)
   SELECT ${idAt(CREATED, "'prompt' || n || ' ' || index")}, ${idAt(CREATED, "'task' || n")}, ${idAt(CREATED, "'scene' || n || ' ' || index")}, index,
     'a red fishing boat fighting the waves, a young woman standing at the wheel, scene ' || index || ', warm light, 35mm f/2 lens, documentary photograph, Kodak Tri-X 400 film --ar 16:9',
     CASE WHEN index = 0 THEN 'text, watermark' END, ${SLOTS}, ${CREATED}, ${CREATED}
   FROM size, generate_series(1, tasks) AS n, generate_series(0, ${PROMPTS_EACH - 1}) AS index`,
];

/** Fills the database as the service would have: `tasks` tasks with four prompts and scenes each, half of them the owner's. */
export const seed = async (client: pg.Client, { ownerId, tasks, onStep }: Seed): Promise<void> => {
  // Rows are made to fit each other: the checks of foreign keys would take most of the time.
  await client.query("SET session_replication_role = replica");
  await client.query("CREATE TEMP TABLE size (tasks int, owner uuid, options jsonb)");
  await client.query("INSERT INTO size VALUES ($1, $2, $3)", [tasks, ownerId, JSON.stringify(TaskOptions.parse({}))]);
  for (const [index, statement] of STATEMENTS.entries()) {
    onStep(index, STATEMENTS.length + 1);
    // One `now()` for all of them, since ids are made of it.
    if (index === 0) await client.query("BEGIN");
    await client.query(statement);
  }
  await client.query("COMMIT");
  await client.query("SET session_replication_role = DEFAULT");
  onStep(STATEMENTS.length, STATEMENTS.length + 1);
  await client.query("VACUUM ANALYZE");
  onStep(1, 1);
};
