import { row01 } from "./row-01.ts";
import { row02 } from "./row-02.ts";
import { row03 } from "./row-03.ts";
import { row04 } from "./row-04.ts";
import { row05 } from "./row-05.ts";
import { row06 } from "./row-06.ts";
import { row07 } from "./row-07.ts";
import { row08 } from "./row-08.ts";
import { row09 } from "./row-09.ts";
import { row10 } from "./row-10.ts";
import { row11 } from "./row-11.ts";
import { row12 } from "./row-12.ts";
import { row13 } from "./row-13.ts";
import { row14 } from "./row-14.ts";
import { row15 } from "./row-15.ts";
import { row16 } from "./row-16.ts";
import { row17 } from "./row-17.ts";
import type { Row } from "./row.ts";

/** Every row that there is, by its number in the table of promises. */
export const ROWS: readonly Row[] = [
  row01,
  row02,
  row03,
  row04,
  row05,
  row06,
  row07,
  row08,
  row09,
  row10,
  row11,
  row12,
  row13,
  row14,
  row15,
  row16,
  row17,
];
