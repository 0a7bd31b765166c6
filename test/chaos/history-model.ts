import { MINUTE } from "../../packages/kernel/src/index.ts";
import type { ServiceProcess } from "./processes.ts";
import { until } from "./tally.ts";
import type { World } from "./world.ts";

/** Where a task must end up, by what its owner was told. */
export type Expected = "completed" | "canceled" | "deleted";

/** What the owner knows. `unsure`: the request that would have changed it got no answer. */
export type Model = { tasks: Map<string, { expected: Expected; isUnsure: boolean }> };

/** The real thing. */
export type History = {
  world: World;
  apiProcess: ServiceProcess;
  workers: ServiceProcess[];
  /** The last command was a fault, so a request may find no one who answers. */
  isDisturbed: boolean;
};

type Row = { id: string; status: string };

const conflicts = (model: Model, rows: readonly Row[]): string[] => {
  const statuses = new Map(rows.map(({ id, status }) => [id, status]));
  return [...model.tasks].flatMap(([id, { expected, isUnsure }]) => {
    if (isUnsure) return [];
    const status = statuses.get(id) ?? "deleted";
    return status === expected ? [] : [`task ${id} is ${status} and should be ${expected}`];
  });
};

/** Waits until every task is where its owner was told. @throws Error naming those that are not. */
export const settle = async (model: Model, { world }: History): Promise<void> => {
  const read = async (): Promise<Row[]> => {
    const ids = [...model.tasks.keys()];
    const { rows } = await world.client.query<Row>("SELECT id, status FROM tasks WHERE id = ANY($1)", [ids]);
    return rows;
  };
  const ask = async () => (conflicts(model, await read()).length === 0 ? true : null);
  await until("the tasks as they should be", MINUTE, ask).catch(async () => {
    throw new Error(conflicts(model, await read()).join("; "));
  });
};
