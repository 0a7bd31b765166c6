import { changePassword as changePasswordContract, deleteMe, getMe, updateMe } from "@phonoscene/contracts";
import { changePassword, deleteUser, updateUser, type User } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";
import type { Relay } from "@phonoscene/queue";

import { type Client, endpoint, type Route } from "../../http/endpoint.ts";
import type { AccountDependencies } from "./accounts.routes.ts";
import { toUserView } from "./user-view.ts";

type Dependencies = Pick<AccountDependencies, "database" | "passwords" | "passwordStrength" | "loginGuard"> & {
  relay: Pick<Relay, "wake">;
};

const wrongPassword = (): AppError =>
  new AppError("auth/wrong-password", { detail: "This is not the password of the account; nothing was changed." });

type Shown = { user: User; password: string; client: Client };

/** Counted like a login, so that whoever took over a session cannot guess here what he may not guess there. */
const requirePassword = async (deps: Dependencies, { user, password, client }: Shown): Promise<void> => {
  const isRight = await deps.loginGuard.check({ email: user.email, ip: client.ip }, () =>
    deps.passwords.verify(user.passwordHash, password),
  );
  if (!isRight) throw wrongPassword();
};

const changePasswordRoute = (deps: Dependencies): Route =>
  endpoint(changePasswordContract, async ({ user, sessionId, client, body }) => {
    const { currentPassword, newPassword } = body;
    await requirePassword(deps, { user, password: currentPassword, client });
    deps.passwordStrength.require(newPassword, "newPassword", [user.email, user.name]);
    const newHash = await deps.passwords.hash(newPassword);
    const change = { userId: user.id, oldHash: user.passwordHash, newHash };
    // Somebody else changed it meanwhile: what was shown is the password no longer.
    if (!(await changePassword(deps.database.db, change, sessionId))) throw wrongPassword();
    return undefined;
  });

export const meRoutes = (deps: Dependencies): Route[] => [
  endpoint(getMe, async ({ user }) => toUserView(user)),

  endpoint(updateMe, async ({ user, body: { name, email } }) => {
    const changes = { ...(name !== undefined && { name }), ...(email !== undefined && { email }) };
    const updated = await updateUser(deps.database.db, user.id, changes);
    if (updated === null) throw new AppError("auth/invalid-token", { detail: "The account was deleted meanwhile." });
    return toUserView(updated);
  }),

  endpoint(deleteMe, async ({ user, client, body }) => {
    await requirePassword(deps, { user, password: body.password, client });
    await deleteUser(deps.database.db, user.id);
    deps.relay.wake();
    return undefined;
  }),

  changePasswordRoute(deps),
];
