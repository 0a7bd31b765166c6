import type { TaskState } from "@phonoscene/contracts";
import type { TaskStateRow } from "@phonoscene/db";

import { toErrorView } from "../tasks/index.ts";

export const toStateView = (row: TaskStateRow): TaskState => ({
  object: "task.state",
  id: row.id,
  status: row.status,
  stage: row.stage,
  progress: row.progress,
  error: toErrorView(row),
  cancelReason: row.cancelReason,
  version: row.version,
  updatedAt: row.updatedAt.toISOString(),
});

/** The same for two rows exactly when a client would see no difference. */
export const markOf = ({ status, stage, progress, version }: TaskStateRow): string =>
  [status, stage ?? "", progress, version].join("/");

/** A state may come again, its event does not: names it by its time too. No server remembers it, so it outlives reconnects. */
export const eventIdOf = (row: TaskStateRow): string => `${markOf(row)}@${row.updatedAt.getTime()}`;
