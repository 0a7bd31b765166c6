import type { Storyboard } from "@phonoscene/contracts";

/** What a spreadsheet takes for the start of a formula, the full-width forms and leading space included. */
const FORMULA = /^[\s"']*[=+\-@＝＋－＠|]|^[\t\r\n]/u;

/** A field of RFC 4180; text that a spreadsheet would run gets an apostrophe, which it takes for "this is text". */
const field = (value: string | number | null): string => {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n\t]|^\s|\s$/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const row = (fields: readonly (string | number | null)[]): string => `${fields.map(field).join(",")}\r\n`;

/** One row a prompt, after a header; positions and scenes count from 1, as people do. */
export function* toCsv({ prompts }: Storyboard): Generator<string> {
  yield row(["position", "scene", "startMs", "endMs", "excerpt", "prompt", "negative"]);
  for (const { position, sceneIndex, startMs, endMs, excerpt, content, negative } of prompts) {
    yield row([position + 1, sceneIndex === null ? null : sceneIndex + 1, startMs, endMs, excerpt, content, negative]);
  }
}
