import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger };

/** Names under which secrets and people's words could reach the log: never printed. */
const REDACTED = [
  "password",
  "secret",
  "previousSecret",
  "accessToken",
  "refreshToken",
  "apiKey",
  "authorization",
  "text",
  "content",
  "excerpt",
];

/** JSON lines on `destination` (standard error unless told), each with the process's name. */
export const createLogger = (
  options: { name: string; level: string },
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Logger =>
  pino(
    {
      name: options.name,
      level: options.level,
      redact: {
        paths: [...REDACTED, ...REDACTED.map((key) => `*.${key}`), "req.headers.authorization", "req.headers.cookie"],
        censor: "[redacted]",
      },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination,
  );
