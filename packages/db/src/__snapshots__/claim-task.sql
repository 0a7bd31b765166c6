UPDATE tasks SET status = 'processing', stage = $1::"TaskStage", progress = CASE WHEN stage = $2::"TaskStage" AND provider_job_id IS NOT NULL THEN progress ELSE 0 END, wait_until = NULL, provider_ready_at = NULL, attempt = attempt + 1, attempt_token = $3::uuid, lease_until = now() + $4::float8 * interval '1 ms', started_at = coalesce(started_at, now()), prompting_at = CASE WHEN $5 = 'prompting' THEN coalesce(prompting_at, now()) END, updated_at = clock_timestamp()
FROM (SELECT id AS seen_id, transcribed_at AS seen_transcribed_at
FROM tasks
WHERE id = $6::uuid) AS seen
WHERE id = seen_id AND (lease_until IS NULL OR lease_until <= now()) AND (deadline_at IS NULL OR deadline_at > now()) AND ((status = 'queued' AND $7::"TaskStage" = coalesce(stage, (CASE kind WHEN 'audio' THEN 'transcribing' ELSE 'prompting' END)::"TaskStage")) OR (status = 'processing' AND stage = $8::"TaskStage")) AND transcribed_at IS NOT DISTINCT
FROM seen_transcribed_at
RETURNING attempt, user_id AS "userId", text, language, options, provider, provider_job_id AS "providerJobId", extract(epoch
FROM now() - provider_job_at)::float8 * 1000 AS "providerJobAgeMs", (extract(epoch
FROM deadline_at - now()) * 1000)::float8 AS "deadlineInMs", audio_url AS "audioUrl", CASE WHEN $9 = 'transcribing' THEN given_segments END AS "givenSegments", (SELECT storage_key
FROM audio
WHERE audio.id = tasks.audio_id) AS "storageKey", CASE WHEN $10 = 'prompting' THEN ( SELECT json_build_object('language', language, 'segments', coalesce(( SELECT json_agg(json_build_object('id', position, 'startMs', start_ms, 'endMs', end_ms, 'text', text, 'confidence', confidence)
ORDER BY position)
FROM transcript_segments
WHERE task_id = tasks.id), '[]'))
FROM transcripts
WHERE task_id = tasks.id) END AS transcript, CASE WHEN $11 = 'prompting' THEN json_build_object( 'scope', scope, 'bible', (SELECT json_build_object('entities', entities, 'style', style, 'removedIds', removed_ids)
FROM bibles
WHERE task_id = tasks.id), 'savedStyle', (SELECT json_build_object('camera', camera, 'lens', lens, 'photography', photography, 'film', film, 'style', style, 'negative', negative, 'aspectRatio', aspect_ratio)
FROM styles
WHERE styles.id = (options ->> 'styleId')::uuid AND styles.user_id = tasks.user_id), 'scenes', coalesce((SELECT json_agg(json_build_object('index', index, 'segmentIds', segment_ids)
ORDER BY index)
FROM scenes
WHERE task_id = tasks.id), '[]'), 'prompts', coalesce((SELECT json_agg(json_build_object('id', prompts.id, 'position', position, 'locked', locked, 'sceneIndex', scenes.index, 'startMs', scenes.start_ms, 'segmentIds', scenes.segment_ids)
ORDER BY position)
FROM prompts
LEFT JOIN scenes ON scenes.id = prompts.scene_id
WHERE prompts.task_id = tasks.id), '[]')) END AS storyboard;
