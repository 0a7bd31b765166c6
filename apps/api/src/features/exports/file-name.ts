const MAX_CHARACTERS = 100;

/** Names that Windows keeps for its devices, whatever follows the first dot. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/iu;

/**
 * A name for a file on any system: no path, no control or direction-changing characters, no leading or trailing dots.
 * `fallback` where nothing is left of it.
 */
const safeStem = (name: string, fallback: string): string => {
  const clean = name
    .normalize("NFC")
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "")
    .replaceAll(/[/\\:*?"<>|]+/gu, "-")
    .replaceAll(/\s+/gu, " ")
    .replaceAll(/^[\s.]+|[\s.]+$/gu, "");
  const short = Array.from(clean).slice(0, MAX_CHARACTERS).join("").trimEnd();
  return short === "" ? fallback : short.replace(RESERVED, "$1_");
};

const percentEncoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /['()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** `Content-Disposition` (RFC 6266): an ASCII name for old clients, and the real one in `filename*` (RFC 8187). */
export const attachment = (name: string, { fallback, extension }: { fallback: string; extension: string }): string => {
  const fileName = `${safeStem(name, fallback)}.${extension}`;
  const ascii = fileName.replaceAll(/[^\u0020-\u007e]|[%"\\]/gu, "_");
  const extended = ascii === fileName ? "" : `; filename*=UTF-8''${percentEncoded(fileName)}`;
  return `attachment; filename="${ascii}"${extended}`;
};
