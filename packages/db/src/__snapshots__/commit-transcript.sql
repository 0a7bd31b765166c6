WITH before AS ( SELECT id, provider, provider_job_id
FROM tasks
WHERE id = $1::uuid AND attempt_token = $2::uuid FOR UPDATE ), mine AS ( UPDATE tasks SET stage = 'prompting', progress = 0, attempt = 0, attempt_token = NULL, lease_until = NULL, transcribed_at = now(), enqueued_at = now(), updated_at = clock_timestamp(), speech_engine = $3, warnings = warnings || $4::jsonb, provider_job_id = CASE WHEN NOT $5::boolean THEN tasks.provider_job_id END
FROM before
WHERE tasks.id = before.id
RETURNING tasks.id, tasks.audio_id ), gone AS ( SELECT provider, provider_job_id
FROM before
WHERE $6::boolean ), doomed AS ( INSERT INTO provider_deletions (provider, provider_job_id) SELECT DISTINCT provider, provider_job_id
FROM gone
WHERE provider IS NOT NULL AND provider_job_id IS NOT NULL ON CONFLICT DO NOTHING
RETURNING provider, provider_job_id ), forgotten AS ( INSERT INTO outbox (job, payload) SELECT 'maintenance', jsonb_build_object( 'action', 'delete-provider-copy', 'provider', provider, 'providerJobId', provider_job_id)
FROM doomed), kept AS ( INSERT INTO transcript_revisions (task_id, version, language, engine, segments) SELECT task_id, version, language, engine, (SELECT coalesce(jsonb_agg(jsonb_build_object('position', position, 'startMs', start_ms, 'endMs', end_ms, 'text', text, 'confidence', confidence, 'speaker', speaker, 'words', words)
ORDER BY position), '[]')
FROM transcript_segments
WHERE task_id = transcripts.task_id)
FROM transcripts
JOIN mine ON mine.id = transcripts.task_id), heard AS ( INSERT INTO transcripts (task_id, language, engine, duration_ms, word_timing, text) SELECT id, $7, $8, $9::int, $10, $11
FROM mine ON CONFLICT (task_id) DO UPDATE SET language = excluded.language, engine = excluded.engine, duration_ms = excluded.duration_ms, word_timing = excluded.word_timing, text = excluded.text, created_at = excluded.created_at, version = transcripts.version + 1
RETURNING task_id AS id ), spoken AS ( INSERT INTO transcript_segments (task_id, position, start_ms, end_ms, text, confidence, speaker, words) SELECT heard.id, row.position, row.start_ms, row.end_ms, row.text, row.confidence, row.speaker, nullif(row.words, 'null'::jsonb)
FROM heard, jsonb_to_recordset($12::jsonb) AS row(position int, start_ms int, end_ms int, text text, confidence float8, speaker text, words jsonb) ON CONFLICT (task_id, position) DO UPDATE SET start_ms = excluded.start_ms, end_ms = excluded.end_ms, text = excluded.text, confidence = excluded.confidence, speaker = excluded.speaker, words = excluded.words ), unsaid AS ( DELETE
FROM transcript_segments USING mine
WHERE task_id = mine.id AND position >= $13::int ), merged AS (DELETE
FROM transcript_parts USING mine
WHERE task_id = mine.id), measured AS (UPDATE audio SET duration_ms = $14::int
FROM mine
WHERE audio.id = mine.audio_id), asked AS ( INSERT INTO outbox (job, payload) SELECT 'write-prompts', jsonb_build_object('taskId', id)
FROM mine ) SELECT count(*)::int AS count
FROM mine;
