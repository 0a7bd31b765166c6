import { createHook } from "node:async_hooks";

import { AppError } from "@phonoscene/kernel";
import { dictionary } from "@zxcvbn-ts/language-common";
import { describe, expect, it } from "vitest";

import { createPasswordStrength } from "./password-strength.ts";
import { createPasswords } from "./passwords.ts";

/** How many hashes the library's native workers began meanwhile, as the runtime sees them. */
const hashesOf = async (work: () => Promise<unknown>): Promise<number> => {
  let count = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === "argon2:HashWorker") count += 1;
    },
  }).enable();
  await work();
  hook.disable();
  return count;
};

describe("a password hash", () => {
  it("is worked out exactly once a check, known account or not, in the first check too", async () => {
    const passwords = createPasswords();
    const real = await passwords.hash("correct horse battery");
    expect(await hashesOf(() => passwords.verify(null, "another"))).toBe(1);
    expect(await hashesOf(() => passwords.verify(real, "another"))).toBe(1);
    expect(await hashesOf(() => passwords.verify(null, "another"))).toBe(1);
  });
});

it("the 3,000 commonest passwords are all too weak", () => {
  const strength = createPasswordStrength();
  const common: readonly (string | number)[] = dictionary["passwords-common"].slice(0, 3000);
  expect(common).toHaveLength(3000);
  const verdictOn = (password: string): string => {
    try {
      strength.require(password, "password", []);
      return "taken";
    } catch (error) {
      if (error instanceof AppError) return error.code;
      throw error;
    }
  };
  const taken = common.map(String).filter((password) => verdictOn(password) !== "request/invalid");
  expect(taken).toEqual([]);
});
