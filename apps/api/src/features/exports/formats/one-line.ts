/** Words on one line: whitespace of any kind becomes one space, control characters go. */
export const oneLine = (text: string): string =>
  text
    .replaceAll(/\s+/gu, " ")
    // oxlint-disable-next-line no-control-regex -- they are what is taken out.
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]/gu, "")
    .trim();
