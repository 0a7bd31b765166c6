import { row01 } from "./row-01.ts";
import type { Row } from "./row.ts";

/** Every row that there is, by its number in the table of promises. */
export const ROWS: readonly Row[] = [row01];
