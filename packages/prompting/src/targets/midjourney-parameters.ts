import {
  MIDJOURNEY_PARAMETERS,
  MIDJOURNEY_VERSIONS,
  type MidjourneyParameter,
  type TargetVersion,
} from "@phonoscene/contracts";

export type ParameterName = keyof typeof MIDJOURNEY_PARAMETERS;

/** One parameter as it stands in a prompt; a flag has no value. */
export type Parameter = { name: ParameterName; value: string };

/** The table with its literal types forgotten. */
const TABLE: Readonly<Record<ParameterName, MidjourneyParameter>> = MIDJOURNEY_PARAMETERS;

// The keys of an object literal.
export const PARAMETER_NAMES = Object.keys(TABLE) as ParameterName[];

const byWord = new Map<string, ParameterName>(
  PARAMETER_NAMES.flatMap((name) => [name, TABLE[name].short ?? name].map((word) => [word, name] as const)),
);

/** The parameter that goes by that name, or by its short form. */
export const parameterNamed = (word: string): ParameterName | undefined => byWord.get(word.toLowerCase());

export const ruleOf = (name: ParameterName): MidjourneyParameter => TABLE[name];

export const takesParameter = (name: ParameterName, version: TargetVersion): boolean =>
  TABLE[name].versions.includes(version);

export const writeParameter = ({ name, value }: Parameter): string =>
  value === "" ? `--${name}` : `--${name} ${value}`;

/** The parameter that names the version; none for the default. */
export const versionParameter = (version: TargetVersion): Parameter[] => {
  if (version === MIDJOURNEY_VERSIONS[0]) return [];
  const [, niji] = /^niji (.+)$/u.exec(version) ?? [];
  return niji === undefined ? [{ name: "v", value: version }] : [{ name: "niji", value: niji }];
};

const ADDRESS = /^https?:\/\/\S+$/iu;
const CODE = /^(?:\d{1,10}|random)$/iu;

const MAX_RATIO = 14;

/** Where the words go on, counted in words after the parameter's name. */
export const valueLength = (name: ParameterName, words: readonly string[]): number => {
  const rule = TABLE[name];
  if (rule.kind === "flag") return 0;
  if (rule.kind === "words") return words.length;
  if (rule.kind !== "references") return words[0] === undefined || /^\p{L}/u.test(words[0]) ? 0 : 1;
  const end = words.findIndex((word) => !ADDRESS.test(word) && !(rule.takesCodes && CODE.test(word)));
  return end === -1 ? words.length : end;
};

type Checked = { value: string; fault: string | null } | { fault: string };

const checkNumber = (value: string, { min, max, isWhole }: { min: number; max: number; isWhole: boolean }): Checked => {
  if (!/^-?\d+(?:\.\d+)?$/u.test(value)) return { fault: `is no number ("${value}"), so it was left out` };
  const number = isWhole ? Math.round(Number(value)) : Number(value);
  const near = Math.min(max, Math.max(min, number));
  const fixed =
    near === Number(value)
      ? null
      : `${value} is not ${isWhole ? "a whole number " : ""}from ${min} to ${max}: ${near} was taken`;
  return { value: String(near), fault: fixed };
};

const checkRatio = (value: string): Checked => {
  const parts = /^(\d{1,4}):(\d{1,4})$/u.exec(value);
  const [width, height] = [Number(parts?.[1]), Number(parts?.[2])];
  if (!(width > 0 && height > 0))
    return { fault: `"${value}" is not two whole numbers with a colon, so it was left out` };
  if (Math.max(width / height, height / width) <= MAX_RATIO) return { value, fault: null };
  const near = width > height ? `${MAX_RATIO}:1` : `1:${MAX_RATIO}`;
  return { value: near, fault: `${value} is more than ${MAX_RATIO}:1: ${near} was taken` };
};

/** The value as the parameter takes it, and what was wrong with it; without a value it cannot be kept. */
export const checkValue = ({ name, value }: Parameter): Checked => {
  const rule = TABLE[name];
  if (rule.kind === "flag") return { value: "", fault: null };
  if (value === "") return { fault: "has no value, so it was left out" };
  if (rule.kind === "number") return checkNumber(value, rule);
  if (rule.kind === "ratio") return checkRatio(value);
  if (rule.kind !== "choice" || rule.values.includes(Number(value))) return { value, fault: null };
  return { fault: `is one of ${rule.values.join(", ")}, not ${value}, so it was left out` };
};

/** Two that one prompt cannot have: the second goes. */
export const CONFLICTS: readonly (readonly [ParameterName, ParameterName])[] = [
  ["oref", "draft"],
  ["niji", "v"],
];

const MAX_HD_RATIO = 4;

/** Whether the picture is too wide or too tall for `--hd`. */
export const isTooWideForHd = (ratio: string): boolean => {
  const [width = 1, height = 1] = ratio.split(":").map(Number);
  return Math.max(width / height, height / width) > MAX_HD_RATIO;
};
