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

/** The same for two rows exactly when a client would see no difference; no server remembers it, so it outlives reconnects. */
export const markOf = ({ status, stage, progress, version }: TaskStateRow): string =>
  [status, stage ?? "", progress, version].join("/");
