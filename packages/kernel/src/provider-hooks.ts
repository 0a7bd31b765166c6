import { createHmac, timingSafeEqual } from "node:crypto";

import { z } from "zod";

/** Checks PROVIDER_HOOK_SECRET. */
export const hookSecret = z.string().min(32, "must be 32 characters or more: make one with `openssl rand -base64 48`");

export type ProviderHooks = {
  /** The last part of the address at which a provider calls about a task; nobody can guess it. */
  tokenFor(taskId: string): string;
  /** What the provider sends along in a header. */
  headerValue: string;
  /** The task that a call is about, or null where token or header are not ours. */
  verify(call: { token: string; header: string }): string | null;
};

const isSame = (given: string, expected: string): boolean => {
  const [left, right] = [given, expected].map((text) => createHmac("sha256", "compare").update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
};

/** Addresses and header of providers' calls, all derived from one secret of the deployment. */
export const createProviderHooks = (secret: string): ProviderHooks => {
  const derive = (purpose: string): string => createHmac("sha256", secret).update(purpose).digest("base64url");
  const headerValue = derive("provider-hook/header");
  const tokenFor = (taskId: string): string => `${taskId}.${derive(`provider-hook/task/${taskId}`)}`;
  return {
    tokenFor,
    headerValue,
    verify: ({ token, header }) => {
      const [taskId = ""] = token.split(".");
      // Both are always compared: the time tells nothing.
      const isToken = isSame(token, tokenFor(taskId));
      const isHeader = isSame(header, headerValue);
      return isToken && isHeader ? taskId : null;
    },
  };
};
