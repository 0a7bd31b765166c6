import { type DeadLetterRow, listDeadLetters, MAX_REDRIVE, redriveDeadLetters } from "@phonoscene/db";
import { AppError, type Cursor } from "@phonoscene/kernel";

import type { DeadLettersCommand } from "../arguments.ts";
import { withOwnDatabase } from "../service/own-database.ts";
import type { CommandContext } from "./start.ts";

const PAGE = 1000;

type Database = Parameters<Parameters<typeof withOwnDatabase>[1]>[0];

const readAll = async ({ db }: Database): Promise<DeadLetterRow[]> => {
  const found: DeadLetterRow[] = [];
  let after: Cursor | null = null;
  for (;;) {
    const rows: DeadLetterRow[] = await listDeadLetters(db, { after, limit: PAGE });
    const page = rows.slice(0, PAGE);
    found.push(...page);
    const last = page.at(-1);
    if (rows.length <= PAGE || last === undefined) return found;
    after = { createdAt: last.deadAt, id: last.id };
  }
};

const list = async (context: CommandContext, isJson: boolean): Promise<string> => {
  const rows = await withOwnDatabase(context.config, readAll);
  if (isJson) return JSON.stringify({ deadLetters: rows.map(({ id, ...row }) => ({ taskId: id, ...row })) });
  if (rows.length === 0) return "There are no dead letters.";
  return rows
    .map(({ id, deadAt, stage, code, attempts, message }) =>
      [id, deadAt.toISOString(), stage, code, `${attempts} attempts`, message].join("  "),
    )
    .join("\n");
};

const redrive = async (context: CommandContext, ids: string[] | null): Promise<string[]> =>
  withOwnDatabase(context.config, async ({ db }) => {
    if (ids !== null) return redriveDeadLetters(db, { ids });
    const redriven: string[] = [];
    for (;;) {
      const some = await redriveDeadLetters(db, { filter: {} });
      redriven.push(...some);
      if (some.length < MAX_REDRIVE) return redriven;
    }
  });

/**
 * Shows the tasks that were given up, or queues them again, straight in the database; a running service takes them up
 * within a second, a stopped one when it starts.
 * @throws AppError "task/not-found" where an id is no dead letter (the others are redriven), or "database/unavailable".
 */
export const deadLetters = async (context: CommandContext, command: DeadLettersCommand): Promise<void> => {
  const print = (text: string): void => void context.stdout.write(`${text}\n`);
  if (command.action === "list") {
    print(await list(context, command.isJson));
    return;
  }
  const redriven = await redrive(context, command.ids);
  print(command.isJson ? JSON.stringify({ redriven }) : `Queued again: ${redriven.length}.`);
  const missing = command.ids?.filter((id) => !redriven.includes(id)) ?? [];
  if (missing.length === 0) return;
  const detail = `Not among the dead letters: ${missing.join(", ")}. \`dead-letters list\` shows those there are.`;
  throw new AppError("task/not-found", { detail });
};
