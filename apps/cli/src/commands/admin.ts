import { listAdmins, setUserRole } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";

import type { AdminCommand } from "../arguments.ts";
import { withOwnDatabase } from "../service/own-database.ts";
import type { CommandContext } from "./start.ts";

type Output = { text: string; json: object };

const ROLES = { grant: "admin", revoke: "user" } as const;
const DESCRIPTIONS = { admin: "an administrator", user: "no administrator" } as const;

const list = (context: CommandContext): Promise<Output> =>
  withOwnDatabase(context.config, async ({ db }) => {
    const admins = (await listAdmins(db)).map(({ email, name }) => ({ email, name }));
    const lines = admins.map(({ email, name }) => `${email}  ${name}`);
    return { text: lines.length === 0 ? "There are no administrators." : lines.join("\n"), json: { admins } };
  });

const change = (context: CommandContext, action: keyof typeof ROLES, email: string): Promise<Output> =>
  withOwnDatabase(context.config, async ({ db }) => {
    const role = ROLES[action];
    const outcome = await setUserRole(db, email, role);
    if (outcome === null) {
      const detail = `There is no account ${email}: register it first (POST /v1/auth/register), or correct the address.`;
      throw new AppError("user/not-found", { detail });
    }
    const text = `${email} ${outcome.isChanged ? "is now" : "was already"} ${DESCRIPTIONS[role]}.`;
    return { text, json: { email, role, isChanged: outcome.isChanged } };
  });

/**
 * Says who the administrators are, or makes one or no longer one, straight in the database: whoever can reach that may.
 * @throws AppError "user/not-found", or "database/unavailable" that names the fix.
 */
export const admin = async (context: CommandContext, { action, email, isJson }: AdminCommand): Promise<void> => {
  const { text, json } = await (action === "list" ? list(context) : change(context, action, email));
  context.stdout.write(`${isJson ? JSON.stringify(json) : text}\n`);
};
