import { MIDJOURNEY_VERSIONS, type TargetVersion } from "@phonoscene/contracts";

import {
  checkValue,
  CONFLICTS,
  isTooWideForHd,
  type Parameter,
  PARAMETER_NAMES,
  parameterNamed,
  type ParameterName,
  ruleOf,
  takesParameter,
  valueLength,
  versionParameter,
  writeParameter,
} from "./midjourney-parameters.ts";

const DEFAULT_VERSION = MIDJOURNEY_VERSIONS[0];

export type Linted = {
  content: string;
  /** What was wrong with words and places, each put right: "has text after its parameters". */
  faults: string[];
  /** What was left out, or taken otherwise, in whole sentences. */
  dropped: string[];
};

type Read = { words: string[]; parameters: Parameter[]; faults: Set<string>; dropped: string[] };

/** The word after the hyphens; dashes that keyboards make of them count where a parameter's name follows. */
const readFlagWord = (word: string): string | undefined => {
  const [, dashes = "", name = ""] = /^(-{2,}|[—–])([a-z]+)$/iu.exec(word) ?? [];
  return name !== "" && (dashes.startsWith("--") || parameterNamed(name) !== undefined)
    ? name.toLowerCase()
    : undefined;
};

/** Sets a blank before parameters that stand close to a word. */
const apart = (content: string): string =>
  content.replaceAll(/(?<=\S)(?:-{2,}|[—–])([a-z]+)(?=\s|$)/giu, (match, word: string) =>
    parameterNamed(word) === undefined ? match : ` ${match}`,
  );

/** `--style raw` is how `--raw` was once written. */
const isOldRaw = (word: string, next: string | undefined): boolean => word === "style" && next === "raw";

const readFlag = (read: Read, word: string, following: readonly string[]): void => {
  const isRaw = isOldRaw(word, following[0]);
  const name = isRaw ? "raw" : parameterNamed(word);
  const isNumbered = name === undefined && /^\d+$/u.test(following[0] ?? "");
  const length = isRaw || isNumbered ? 1 : name === undefined ? 0 : valueLength(name, following);
  if (name === undefined) read.dropped.push(`Midjourney has no parameter --${word}: it was left out.`);
  else if (read.parameters.some((known) => known.name === name)) read.faults.add(`has --${name} twice`);
  else read.parameters.push({ name, value: isRaw ? "" : following.slice(0, length).join(" ") });
  if (following.length > length) read.faults.add("has text after its parameters");
  read.words.push(...following.slice(length));
};

/** Tells the words from the parameters, wherever each stands. */
const read = (content: string): Read => {
  const result: Read = { words: [], parameters: [], faults: new Set(), dropped: [] };
  const all = apart(content)
    .split(/\s+/u)
    .filter((word) => word !== "");
  const flags = all.flatMap((word, index) => (readFlagWord(word) === undefined ? [] : [index]));
  result.words.push(...all.slice(0, flags[0] ?? all.length));
  for (const [place, index] of flags.entries()) {
    const following = all.slice(index + 1, flags[place + 1] ?? all.length);
    readFlag(result, readFlagWord(all[index] ?? "") ?? "", following);
  }
  return result;
};

const ADDRESS = /^https?:\/\//iu;

/** Weights, braces and stray dashes mean something to Midjourney that no sentence means. */
const cleanWords = ({ words, faults }: Read): string => {
  const text = words
    .map((word) => {
      if (ADDRESS.test(word)) return word;
      const clean = word
        .replaceAll(/["[\]{}<>]/gu, "")
        .replaceAll(/:{2,}-?[\d.]*/gu, ",")
        .replaceAll(/-{2,}/gu, ", ");
      if (clean !== word) faults.add("has a generator's syntax in its words");
      return clean;
    })
    .join(" ");
  return text
    .replaceAll(/\s+(?=,)/gu, "")
    .replaceAll(/,(?:\s*,)+/gu, ",")
    .replaceAll(/\s+/gu, " ")
    .replaceAll(/^[\s,]+|[\s,]+$/gu, "");
};

const readVersion = (parameters: readonly Parameter[]): TargetVersion | undefined => {
  const valueOf = (name: ParameterName): string | undefined => parameters.find((one) => one.name === name)?.value;
  const asked = valueOf("niji") === undefined ? (valueOf("v") ?? DEFAULT_VERSION) : `niji ${valueOf("niji")}`;
  return MIDJOURNEY_VERSIONS.find((version) => version === asked);
};

const says = (name: ParameterName, version: TargetVersion): string => {
  const { versions } = ruleOf(name);
  const where = versions.length === 0 ? "no version here does" : `versions that do: ${versions.join(", ")}`;
  return `Midjourney ${version} does not take --${name}: it was left out; ${where}.`;
};

/** What the version, another parameter or the words forbid; null where nothing does. */
const refusal = ({ name }: Parameter, { version, kept, words }: Sieve): string | null => {
  const { needs } = ruleOf(name);
  const has = (other: string): boolean => (other === "image" ? ADDRESS.test(words) : kept.has(other as ParameterName));
  if (!takesParameter(name, version)) return says(name, version);
  if (needs !== undefined && !has(needs))
    return `--${name} is of no use without ${needs === "image" ? "an image" : `--${needs}`}: it was left out.`;
  const rival = CONFLICTS.find(([first, second]) => second === name && kept.has(first))?.[0];
  if (rival !== undefined) return `--${name} does not go with --${rival}: it was left out.`;
  const isWide = name === "hd" && isTooWideForHd(kept.get("ar")?.value ?? "1:1");
  return isWide ? "--hd takes aspect ratios of at most 4:1: it was left out." : null;
};

type Sieve = { version: TargetVersion; kept: Map<ParameterName, Parameter>; words: string };

/**
 * Holds a prompt against the rules of the version that it names itself (`--v 7`, `--niji 7`; else the default) and puts
 * it right: words first, then each parameter once, in the table's order, with a value it takes. Of what is right already
 * nothing changes.
 */
export const lintMidjourney = (content: string): Linted => {
  const found = read(content);
  const words = cleanWords(found);
  const version = readVersion(found.parameters);
  if (version === undefined)
    found.dropped.push(
      `Prompts are written for Midjourney ${MIDJOURNEY_VERSIONS.join(", ")}: ${DEFAULT_VERSION} was taken.`,
    );
  const sieve: Sieve = { version: version ?? DEFAULT_VERSION, kept: new Map(), words };
  const sorted = found.parameters
    .filter(({ name }) => ruleOf(name).kind !== "version")
    .toSorted((a, b) => PARAMETER_NAMES.indexOf(a.name) - PARAMETER_NAMES.indexOf(b.name));
  for (const parameter of sorted) {
    const refused = refusal(parameter, sieve);
    const checked = checkValue(parameter);
    if (refused !== null) found.dropped.push(refused);
    else if (checked.fault !== null) found.dropped.push(`--${parameter.name} ${checked.fault}.`);
    if (refused === null && "value" in checked)
      sieve.kept.set(parameter.name, { name: parameter.name, value: checked.value });
  }
  const written = [...sieve.kept.values(), ...versionParameter(sieve.version)].map(writeParameter);
  const linted = [words, ...written].join(" ").trim();
  return { content: linted, faults: [...found.faults], dropped: found.dropped };
};
