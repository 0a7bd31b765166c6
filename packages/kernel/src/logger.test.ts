import { expect, it } from "vitest";

import { createLogger } from "./logger.ts";

it("secrets and people's words never reach the log", () => {
  const lines: string[] = [];
  const logger = createLogger({ name: "test", level: "info" }, { write: (line) => void lines.push(line) });
  const secret = "canary-4711";
  logger.info(
    { password: secret, accessToken: secret, task: { text: secret, content: secret }, user: { refreshToken: secret } },
    "hello",
  );
  logger.info({ req: { headers: { authorization: secret, cookie: secret } } }, "request");
  expect(lines).toHaveLength(2);
  expect(lines.join("")).not.toContain(secret);
  expect(lines[0]).toContain('"msg":"hello"');
});
