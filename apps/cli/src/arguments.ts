import { parseArgs } from "node:util";

import {
  CONTENT_TYPES,
  Email,
  MAX_SECONDS_PER_SCENE,
  MIDJOURNEY_VERSIONS,
  MIN_SECONDS_PER_SCENE,
  TARGETS,
  versionFault,
} from "@phonoscene/contracts";
import { z } from "zod";

import type { TaskFields } from "./api-client.ts";
import { UsageError } from "./exit-codes.ts";

export type DemoSource =
  | { kind: "sample" }
  | { kind: "text"; text: string }
  | { kind: "stdin" }
  | { kind: "url"; url: string }
  | { kind: "file"; path: string };

export type AdminCommand = { name: "admin"; isJson: boolean } & (
  | { action: "list"; email?: undefined }
  | { action: "grant" | "revoke"; email: string }
);

export type DeadLettersCommand = { name: "dead-letters"; isJson: boolean } & (
  | { action: "list" }
  /** Null: all of them. */
  | { action: "redrive"; ids: string[] | null }
);

export type ModelsCommand = { name: "models"; isJson: boolean } & (
  | { action: "list"; id?: undefined }
  | { action: "fetch"; id: string }
);

export type Command =
  | ModelsCommand
  | AdminCommand
  | DeadLettersCommand
  | { name: "help" }
  | { name: "start"; isJson: boolean }
  | { name: "demo"; source: DemoSource; fields: TaskFields; isJson: boolean };

export const USAGE = `Phonoscene turns any recording or text into a storyboard of image prompts.

  demo [FILE | URL | -] the bundled sample, a recording, a text, subtitles or lyrics with times (.srt, .vtt, .lrc),
                        a recording at an http(s) address, or text from standard input
  demo --text "..."     a text
  start                 keep the service running, until Ctrl-C
  admin grant EMAIL     make an account an administrator; admin revoke EMAIL undoes it, admin list shows them
  dead-letters list     tasks that were given up; dead-letters redrive ID... or --all queues them again
  models                the speech models for this machine and which are here; models fetch ID brings one

Options of demo
  --count N             how many prompts; the length decides if left out
  --seconds-per-scene N a scene for each N seconds of audio, or of reading (2 to 600); in place of --count
  --target NAME         ${TARGETS.join(", ")}
  --target-version V    of midjourney: ${MIDJOURNEY_VERSIONS.join(", ")}
  --content-type KIND   ${CONTENT_TYPES.join(", ")}: guides the length of the scenes and the style
  --aspect W:H          such as 16:9
  --language TAG        a BCP 47 tag such as en, or auto
  --seed N              another seed, another style
  --json                one JSON object on standard output and nothing else

Environment             PHONOSCENE_URL, PHONOSCENE_TOKEN: use a running service; the rest is in .env.example
Exit codes              0 done, 1 the task or the service failed, 2 the command line is wrong, 130 interrupted
`;

const OPTIONS = {
  text: { type: "string" },
  count: { type: "string" },
  "seconds-per-scene": { type: "string" },
  target: { type: "string" },
  "target-version": { type: "string" },
  "content-type": { type: "string" },
  aspect: { type: "string" },
  language: { type: "string" },
  seed: { type: "string" },
  all: { type: "boolean" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

const parseRaw = (argv: string[]) => {
  try {
    return parseArgs({ args: argv, options: OPTIONS, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
};

const wholeNumber = (name: string, value: string | undefined, [min, max]: [number, number]): number | undefined => {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= min && number <= max) return number;
  throw new UsageError(`--${name} takes a whole number from ${min} to ${max}, not "${value}".`);
};

const seconds = (value: string | undefined): number | undefined => {
  if (value === undefined) return undefined;
  const number = Number(value);
  const [min, max] = [MIN_SECONDS_PER_SCENE, MAX_SECONDS_PER_SCENE];
  if (/^\d+(\.\d+)?$/.test(value) && number >= min && number <= max) return number;
  throw new UsageError(`--seconds-per-scene takes a number from ${min} to ${max}, not "${value}".`);
};

const oneOf = <Known extends string>(
  name: string,
  value: string | undefined,
  known: readonly Known[],
): Known | undefined => {
  const found = known.find((one) => one === value);
  if (value === undefined || found !== undefined) return found;
  throw new UsageError(`--${name} takes ${known.join(", ")}, not "${value}".`);
};

const readFields = (values: ReturnType<typeof parseRaw>["values"]): TaskFields => {
  const { aspect, language } = values;
  const target = oneOf("target", values.target, TARGETS);
  const targetVersion = oneOf("target-version", values["target-version"], MIDJOURNEY_VERSIONS);
  const fault = versionFault({ target, targetVersion });
  if (fault !== null) throw new UsageError(`--target-version: ${fault}.`);
  if (aspect !== undefined && !/^[1-9]\d{0,3}:[1-9]\d{0,3}$/.test(aspect)) {
    throw new UsageError(`--aspect takes two whole numbers with a colon, such as 16:9, not "${aspect}".`);
  }
  const secondsPerScene = seconds(values["seconds-per-scene"]);
  if (values.count !== undefined && secondsPerScene !== undefined) {
    throw new UsageError("Give either --count or --seconds-per-scene: each decides how many scenes there are.");
  }
  const given = {
    secondsPerScene,
    target,
    targetVersion,
    contentType: oneOf("content-type", values["content-type"], CONTENT_TYPES),
    aspectRatio: aspect,
    language,
    count: wholeNumber("count", values.count, [1, 200]),
    seed: wholeNumber("seed", values.seed, [0, 4_294_967_295]),
  };
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
};

const readSource = (text: string | undefined, operands: string[]): DemoSource => {
  const [operand, ...rest] = operands;
  if (rest.length > 0 || (text !== undefined && operand !== undefined)) {
    throw new UsageError("demo takes one thing at a time: a FILE, a URL, - for standard input, or --text.");
  }
  if (text !== undefined) return { kind: "text", text };
  if (operand === undefined) return { kind: "sample" };
  if (/^https?:\/\//i.test(operand)) return { kind: "url", url: operand };
  return operand === "-" ? { kind: "stdin" } : { kind: "file", path: operand };
};

const refuseForeign = (command: string, values: object, known: readonly string[] = []): void => {
  const foreign = Object.keys(values).find((key) => !["json", "help", ...known].includes(key));
  if (foreign !== undefined) throw new UsageError(`${command} takes no --${foreign}.`);
};

const readDeadLetters = ([action, ...ids]: string[], isAll: boolean, isJson: boolean): DeadLettersCommand => {
  const name = "dead-letters";
  if (action === "list" && ids.length === 0 && !isAll) return { name, action, isJson };
  if (action !== "redrive" || isAll === ids.length > 0) {
    throw new UsageError("dead-letters takes one of: list, redrive ID..., redrive --all.");
  }
  const wrong = ids.find((id) => !z.uuid().safeParse(id).success);
  if (wrong !== undefined) {
    throw new UsageError(`dead-letters redrive takes ids of tasks, as dead-letters list shows them, not "${wrong}".`);
  }
  return { name, action, ids: isAll ? null : ids, isJson };
};

const readAdmin = (operands: string[], isJson: boolean): AdminCommand => {
  const [action, email, ...rest] = operands;
  if (action === "list" && email === undefined) return { name: "admin", action, isJson };
  if ((action !== "grant" && action !== "revoke") || email === undefined || rest.length > 0) {
    throw new UsageError("admin takes one of: grant EMAIL, revoke EMAIL, list.");
  }
  const parsed = Email.safeParse(email);
  if (!parsed.success) throw new UsageError(`admin ${action} takes the email of an account, not "${email}".`);
  return { name: "admin", action, email: parsed.data, isJson };
};

const readModels = ([action, id, ...rest]: string[], isJson: boolean): ModelsCommand => {
  const name = "models";
  if ((action === undefined || action === "list") && id === undefined) return { name, action: "list", isJson };
  if (action === "fetch" && id !== undefined && rest.length === 0) return { name, action, id, isJson };
  throw new UsageError("models takes one of: list, fetch ID.");
};

/** @throws UsageError naming what is wrong and what would be right. */
export const readCommand = (argv: string[]): Command => {
  const { values, positionals } = parseRaw(argv.filter((argument, index) => !(argument === "--" && index === 1)));
  const [name, ...operands] = positionals;
  if (values.help || name === undefined || name === "help") return { name: "help" };
  if (name === "demo") {
    if (values.all === true) throw new UsageError("demo takes no --all.");
    return { name, source: readSource(values.text, operands), fields: readFields(values), isJson: values.json };
  }
  if (name === "dead-letters") {
    refuseForeign(name, values, ["all"]);
    return readDeadLetters(operands, values.all === true, values.json);
  }
  if (name === "admin") {
    refuseForeign(name, values);
    return readAdmin(operands, values.json);
  }
  if (name === "models") {
    refuseForeign(name, values);
    return readModels(operands, values.json);
  }
  if (name !== "start")
    throw new UsageError(`There is no command "${name}": demo, start, admin, dead-letters and models there are.`);
  const foreign = Object.keys(values).filter((key) => !["json", "help"].includes(key));
  if (operands.length > 0 || foreign.length > 0)
    throw new UsageError("start takes no arguments; PORT and the rest come from the environment.");
  return { name, isJson: values.json };
};
