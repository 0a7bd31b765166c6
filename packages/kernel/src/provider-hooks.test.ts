import { expect, it } from "vitest";

import { createProviderHooks } from "./provider-hooks.ts";

const hooks = createProviderHooks("a secret of more than thirty-two characters");
const TASK = "0199a000-0000-7000-8000-000000000001";
const OTHER = "0199a000-0000-7000-8000-000000000002";

it("what one process gives out, another with the same secret takes", () => {
  const again = createProviderHooks("a secret of more than thirty-two characters");
  expect(again.verify({ token: hooks.tokenFor(TASK), header: hooks.headerValue })).toBe(TASK);
});

it("another task's token, another secret's, a cut one, and a wrong header are refused", () => {
  const foreign = createProviderHooks("another secret of more than thirty-two characters");
  const token = hooks.tokenFor(TASK);
  const header = hooks.headerValue;
  const forged = [
    { token: token.replace(TASK, OTHER), header },
    { token: foreign.tokenFor(TASK), header },
    { token: token.slice(0, -1), header },
    { token: TASK, header },
    { token: "", header },
    { token, header: foreign.headerValue },
    { token, header: "" },
  ];
  expect(forged.map((call) => hooks.verify(call))).toEqual(forged.map(() => null));
});
