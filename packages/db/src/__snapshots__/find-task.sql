SELECT t.id AS "id", t.kind AS "kind", t.name AS "name", t.status AS "status", t.stage AS "stage", t.progress AS "progress", t.audio_url AS "audioUrl", t.language AS "language", t.options AS "options", t.metadata AS "metadata", t.warnings AS "warnings", t.error_code AS "errorCode", t.error_message AS "errorMessage", t.error_stage AS "errorStage", t.error_retryable AS "errorRetryable", t.speech_engine AS "speechEngine", t.prompt_engine AS "promptEngine", t.usage AS "usage", t.version AS "version", t.created_at AS "createdAt", t.updated_at AS "updatedAt", t.started_at AS "startedAt", t.transcribed_at AS "transcribedAt", t.prompting_at AS "promptingAt", t.completed_at AS "completedAt", t.deadline_at AS "deadlineAt", t.cancel_reason AS "cancelReason", (SELECT json_build_object('id', audio.id, 'userId', audio.user_id, 'filename', audio.filename, 'format', audio.format, 'sizeBytes', audio.size_bytes, 'storageKey', audio.storage_key, 'durationMs', audio.duration_ms)
FROM audio
WHERE audio.id = t.audio_id) AS audio, (SELECT json_build_object('taskId', transcripts.task_id, 'language', transcripts.language, 'engine', transcripts.engine, 'text', transcripts.text, 'durationMs', transcripts.duration_ms, 'wordTiming', transcripts.word_timing, 'version', transcripts.version, 'segments', coalesce( (SELECT json_agg(json_build_object('taskId', transcript_segments.task_id, 'position', transcript_segments.position, 'startMs', transcript_segments.start_ms, 'endMs', transcript_segments.end_ms, 'text', transcript_segments.text, 'confidence', transcript_segments.confidence, 'speaker', transcript_segments.speaker)
ORDER BY position)
FROM transcript_segments
WHERE task_id = t.id), '[]'))
FROM transcripts
WHERE task_id = t.id) AS transcript, coalesce( (SELECT json_agg(json_build_object('index', scenes.index, 'startMs', scenes.start_ms, 'endMs', scenes.end_ms, 'segmentIds', scenes.segment_ids, 'excerpt', scenes.excerpt, 'place', scenes.place, 'timeOfDay', scenes.time_of_day, 'mood', scenes.mood)
ORDER BY index)
FROM scenes
WHERE task_id = t.id), '[]') AS scenes, coalesce((SELECT json_agg(json_build_object('id', prompts.id, 'position', prompts.position, 'content', prompts.content, 'negative', prompts.negative, 'slots', prompts.slots, 'locked', prompts.locked, 'version', prompts.version, 'scene', CASE WHEN scenes.id IS NOT NULL THEN json_build_object('index', scenes.index, 'startMs', scenes.start_ms, 'endMs', scenes.end_ms, 'segmentIds', scenes.segment_ids, 'excerpt', scenes.excerpt) END)
ORDER BY position)
FROM prompts
LEFT JOIN scenes ON scenes.id = prompts.scene_id
WHERE prompts.task_id = t.id), '[]') AS prompts
FROM tasks AS t
WHERE t.id = $1::uuid AND t.user_id = $2::uuid;
