import { HOUR, MINUTE, SECOND } from "@phonoscene/kernel";

const twoDigits = (value: number): string => String(value).padStart(2, "0");

/** `01:02:03,450`, or with a dot: the clock of subtitle files. */
export const subtitleClock = (ms: number, separator: "," | "."): string => {
  const [hours, minutes, seconds] = [ms / HOUR, (ms % HOUR) / MINUTE, (ms % MINUTE) / SECOND].map(Math.trunc);
  const rest = String(ms % SECOND).padStart(3, "0");
  return `${twoDigits(hours ?? 0)}:${twoDigits(minutes ?? 0)}:${twoDigits(seconds ?? 0)}${separator}${rest}`;
};

/** `1:02:03` or `2:03`: for people. */
export const shortClock = (ms: number): string => {
  const [hours, minutes, seconds] = [ms / HOUR, (ms % HOUR) / MINUTE, (ms % MINUTE) / SECOND].map(Math.trunc);
  const tail = `${hours === 0 ? String(minutes) : twoDigits(minutes ?? 0)}:${twoDigits(seconds ?? 0)}`;
  return hours === 0 ? tail : `${hours}:${tail}`;
};
