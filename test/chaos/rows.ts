import { row01 } from "./row-01.ts";
import { row05 } from "./row-05.ts";
import { row06 } from "./row-06.ts";
import { row08 } from "./row-08.ts";
import { row09 } from "./row-09.ts";
import { row10 } from "./row-10.ts";
import { row14 } from "./row-14.ts";
import type { Row } from "./row.ts";

/** Every row that there is, by its number in the table of promises. */
export const ROWS: readonly Row[] = [row01, row05, row06, row08, row09, row10, row14];
