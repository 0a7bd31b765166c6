import { Prisma } from "./generated/client.ts";

/** As JSON of a revision, and of a transcript as it is read to be changed. */
export const TRANSCRIPT_SEGMENTS = Prisma.sql`(SELECT coalesce(jsonb_agg(jsonb_build_object('position', position, 'startMs', start_ms, 'endMs', end_ms,
  'text', text, 'confidence', confidence, 'speaker', speaker, 'words', words) ORDER BY position), '[]')
  FROM transcript_segments WHERE task_id = transcripts.task_id)`;

/** Part of a statement: keeps the transcripts of `mine` (`id`) as they are before it, by their versions. */
export const KEEP_TRANSCRIPT = Prisma.sql`
  INSERT INTO transcript_revisions (task_id, version, language, engine, segments)
  SELECT task_id, version, language, engine, ${TRANSCRIPT_SEGMENTS} FROM transcripts JOIN mine ON mine.id = transcripts.task_id`;
