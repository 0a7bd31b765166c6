import type { User as UserView } from "@phonoscene/contracts";
import type { User } from "@phonoscene/db";

export const toUserView = (user: User): UserView => ({
  object: "user",
  id: user.id,
  email: user.email,
  name: user.name,
  role: user.role,
  createdAt: user.createdAt.toISOString(),
});
