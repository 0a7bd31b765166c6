import { AppError } from "@phonoscene/kernel";

/** The `ETag` of a row: its version. */
export const etagOf = ({ version }: { version: number }): string => `"${version}"`;

/**
 * The version that `If-Match` asks for; undefined where any will do (`*`, or no such header).
 * @throws AppError "request/invalid" for anything `etagOf` did not make.
 */
export const versionOfIfMatch = (ifMatch: string | undefined): number | undefined => {
  if (ifMatch === undefined || ifMatch.trim() === "*") return undefined;
  const version = /^\s*"([1-9]\d{0,8})"\s*$/.exec(ifMatch)?.[1];
  if (version === undefined) {
    throw new AppError("request/invalid", {
      detail: 'If-Match takes one ETag, quotes included, as the last answer gave it: If-Match: "3".',
    });
  }
  return Number(version);
};
