import pc from "picocolors";

/** One line of the table: two figures and what their ratio must be. */
export type Row = {
  name: string;
  /** Of what the figures are: `requests/s`, `ms`, `MB`. */
  unit: string;
  ours: number;
  /** What ours is held against, and its name in the table. */
  other: number | null;
  against: string;
  target: { atLeast: number } | { atMost: number };
};

/** What the target is about: the ratio, or the figure itself where there is nothing to hold it against. */
export const valueOf = ({ ours, other }: Row): number => (other === null ? ours : ours / other);

export const isMet = (row: Row): boolean =>
  "atLeast" in row.target ? valueOf(row) >= row.target.atLeast : valueOf(row) <= row.target.atMost;

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const round = (value: number): string => (value < 20 ? value.toFixed(2) : value.toFixed(0));

const HEAD = ["", "ours", "against", "ratio", "target", ""];

const inColor = (line: string): string => line.replace(/pass$/, pc.green("pass")).replace(/FAIL$/, pc.red("FAIL"));

const cellsOf = (row: Row): string[] => [
  row.name,
  `${round(row.ours)} ${row.unit}`,
  row.other === null ? row.against : `${row.against} ${round(row.other)} ${row.unit}`,
  row.other === null ? "" : valueOf(row).toFixed(2),
  "atLeast" in row.target ? `≥ ${row.target.atLeast}` : `≤ ${row.target.atMost}`,
  isMet(row) ? "pass" : "FAIL",
];

/** A row by itself. */
export const lineOf = (row: Row): string =>
  inColor(
    cellsOf(row)
      .filter((cell) => cell !== "")
      .join("  "),
  );

/** The rows as a table of text; a verdict has a colour where the terminal has. */
export const tableOf = (rows: readonly Row[]): string => {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_head, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 || column === 5 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .map(inColor)
    .join("\n");
};
