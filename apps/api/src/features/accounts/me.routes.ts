import { changePassword as changePasswordContract, deleteMe, getMe, updateMe } from "@phonoscene/contracts";
import { changePassword, deleteUser, updateUser, type User } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";
import type { Relay } from "@phonoscene/queue";

import { endpoint, type Route } from "../../http/endpoint.ts";
import type { AccountDependencies } from "./accounts.routes.ts";
import { toUserView } from "./user-view.ts";

type Dependencies = Pick<AccountDependencies, "database" | "passwords" | "passwordStrength"> & {
  relay: Pick<Relay, "wake">;
};

const wrongPassword = (): AppError =>
  new AppError("auth/wrong-password", { detail: "This is not the password of the account; nothing was changed." });

const requirePassword = async ({ passwords }: Dependencies, user: User, password: string): Promise<void> => {
  if (!(await passwords.verify(user.passwordHash, password))) throw wrongPassword();
};

const changePasswordRoute = (deps: Dependencies): Route =>
  endpoint(changePasswordContract, async ({ user, sessionId, body: { currentPassword, newPassword } }) => {
    deps.passwordStrength.require(newPassword, "newPassword", [user.email, user.name]);
    await requirePassword(deps, user, currentPassword);
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

  endpoint(deleteMe, async ({ user, body }) => {
    await requirePassword(deps, user, body.password);
    await deleteUser(deps.database.db, user.id);
    deps.relay.wake();
    return undefined;
  }),

  changePasswordRoute(deps),
];
