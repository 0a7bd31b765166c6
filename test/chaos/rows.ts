import { row01 } from "./row-01.ts";
import { row02 } from "./row-02.ts";
import { row03 } from "./row-03.ts";
import { row04 } from "./row-04.ts";
import { row07 } from "./row-07.ts";
import { row11 } from "./row-11.ts";
import { row12 } from "./row-12.ts";
import { row13 } from "./row-13.ts";
import { row16 } from "./row-16.ts";
import type { Row } from "./row.ts";

/** Every row that there is, by its number in the table of promises. */
export const ROWS: readonly Row[] = [row01, row02, row03, row04, row07, row11, row12, row13, row16];
