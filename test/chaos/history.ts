import type pg from "pg";

/**
 * Has the database write down every change of a task, in the order of the changes, beyond the reach of the program
 * under test: what its rows went through is then known, and not only where they ended.
 */
export const recordHistory = async (client: pg.Pool): Promise<void> => {
  await client.query(`
    CREATE TABLE chaos_history (
      seq bigserial PRIMARY KEY, task_id uuid NOT NULL, status text, stage text, attempt int, version int,
      updated_at timestamptz, dead_at timestamptz, at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    CREATE FUNCTION chaos_record() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' THEN
        INSERT INTO chaos_history (task_id) VALUES (OLD.id);
      ELSE
        INSERT INTO chaos_history (task_id, status, stage, attempt, version, updated_at, dead_at)
        VALUES (NEW.id, NEW.status, NEW.stage, NEW.attempt, NEW.version, NEW.updated_at, NEW.dead_at);
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER chaos_record AFTER INSERT OR UPDATE OR DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION chaos_record();
  `);
};

/** What history must never show: one line for each kind that it shows. */
export const findFaultsInHistory = async (client: pg.Pool): Promise<string[]> => {
  const { rows } = await client.query<{ fault: string; task: string; count: number }>(`
    WITH steps AS (
      SELECT *, lag(version) OVER task AS last_version, lag(updated_at) OVER task AS last_updated_at,
        lag(status) OVER task AS last_status
      FROM chaos_history WHERE status IS NOT NULL WINDOW task AS (PARTITION BY task_id ORDER BY seq)
    ), faults AS (
      SELECT 'the version went back' AS fault, task_id FROM steps WHERE version < last_version
      UNION ALL
      SELECT 'updated_at went back', task_id FROM steps WHERE updated_at < last_updated_at
      UNION ALL
      SELECT 'a result was stored twice', task_id FROM steps WHERE status = 'completed' AND last_status = 'completed'
        AND version > last_version
      UNION ALL
      SELECT 'a task that was over went on without being queued again', task_id FROM steps
      WHERE last_status IN ('completed', 'failed', 'canceled') AND status NOT IN ('queued', last_status)
    )
    SELECT fault, min(task_id::text) AS task, count(*)::int AS count FROM faults GROUP BY fault`);
  return rows.map(({ fault, task, count }) => `${fault}, ${count} times, such as task ${task}`);
};
