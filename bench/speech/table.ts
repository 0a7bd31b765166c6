/** Rows as a table in plain characters, the first column to the left, figures to the right. */
export const tableOf = (rows: readonly (readonly string[])[]): string => {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, column) => Math.max(most[column] ?? 0, cell.length)),
    [],
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ");
  return rows.map(line).join("\n");
};

const BARS = "▁▂▃▄▅▆▇█";

/** A curve in one line: each character the most of its share of the samples, on a scale from 0 to `full`. */
export const sparkline = (values: readonly number[], width: number, full: number): string => {
  const share = Math.max(1, values.length / width);
  return Array.from({ length: Math.min(width, values.length) }, (_, column) => {
    const most = Math.max(...values.slice(Math.floor(column * share), Math.max(1, Math.floor((column + 1) * share))));
    return BARS[Math.min(BARS.length - 1, Math.floor((most / full) * BARS.length))] ?? "";
  }).join("");
};

const MIB = 1024 * 1024;

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
export const times = (factor: number): string => `${factor.toFixed(1)} x`;
export const megabytes = (bytes: number): string => `${Math.round(bytes / MIB)} MB`;
