/** Models think aloud first; some servers drop the opening tag, and a thought cut short has no closing one. */
const withoutThoughts = (text: string): string => text.replace(/^[\s\S]*<\/think(?:ing)?>/u, "");

const tryJson = (text: string): { json: unknown } | null => {
  try {
    return { json: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};

/** What stands between the outermost brackets: there may be a fence around it, and talk around that. */
const outermost = (text: string): string => {
  const start = text.search(/[{[]/u);
  const end = Math.max(text.lastIndexOf("}"), text.lastIndexOf("]"));
  return start === -1 ? "" : text.slice(start, end + 1);
};

/** The JSON of an answer, from servers that have no JSON mode of their own as well. Null where there is none. */
export const findJson = (text: string): { json: unknown } | null => {
  const said = withoutThoughts(text).trim();
  const found = tryJson(said) ?? tryJson(outermost(said));
  // Some servers encode what is encoded already.
  return typeof found?.json === "string" ? tryJson(found.json) : found;
};
