WITH mine AS ( UPDATE tasks SET status = 'completed', stage = NULL, progress = 1, attempt_token = NULL, lease_until = NULL, completed_at = now(), updated_at = clock_timestamp(), version = version + 1, prompt_engine = $1, warnings = warnings || $2::jsonb
WHERE id = $3::uuid AND attempt_token = $4::uuid
RETURNING id ), heard AS ( INSERT INTO transcripts (task_id, language, engine, text) SELECT id, $5, 'text', $6
FROM mine ON CONFLICT DO NOTHING
RETURNING task_id AS id ), spoken AS ( INSERT INTO transcript_segments (task_id, position, start_ms, end_ms, text, confidence, speaker, words) SELECT heard.id, row.position, row.start_ms, row.end_ms, row.text, row.confidence, row.speaker, nullif(row.words, 'null'::jsonb)
FROM heard, jsonb_to_recordset($7::jsonb) AS row(position int, start_ms int, end_ms int, text text, confidence float8, speaker text, words jsonb)), told AS ( UPDATE transcripts SET language = $8
FROM mine
WHERE task_id = mine.id AND language = 'auto' ), staged AS ( INSERT INTO scenes (id, task_id, index, start_ms, end_ms, segment_ids, excerpt, place, time_of_day, mood) SELECT row.id, mine.id, row.index, row.start_ms, row.end_ms, row.segment_ids, row.excerpt, row.place, row.time_of_day, row.mood
FROM mine, jsonb_to_recordset($9::jsonb) AS row(id uuid, index int, start_ms int, end_ms int, segment_ids int[], excerpt text, place text, time_of_day text, mood text) ), written AS ( INSERT INTO prompts (id, task_id, scene_id, position, content, negative, slots) SELECT row.id, mine.id, row.scene_id, row.position, row.content, row.negative, row.slots
FROM mine, jsonb_to_recordset($10::jsonb) AS row(id uuid, scene_id uuid, position int, content text, negative text, slots jsonb) ) SELECT count(*)::int AS count
FROM mine;
