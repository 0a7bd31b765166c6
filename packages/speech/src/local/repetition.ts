/** How often a period must repeat to be a loop: "no, no, no" is speech. */
const LOOPS = [
  { fromPeriod: 1, toPeriod: 2, times: 6 },
  { fromPeriod: 3, toPeriod: 10, times: 4 },
];

const repeats = (tokens: readonly number[], period: number, times: number): boolean => {
  if (tokens.length < period * times) return false;
  const end = tokens.length;
  for (let back = 1; back <= period * (times - 1); back += 1) {
    if (tokens[end - back] !== tokens[end - back - period]) return false;
  }
  return true;
};

/** How many tokens at the end only repeat what stands before them; 0 while the recogniser is not in a loop. */
export const repetitionAtEnd = (tokens: readonly number[]): number => {
  for (const { fromPeriod, toPeriod, times } of LOOPS) {
    for (let period = fromPeriod; period <= toPeriod; period += 1) {
      if (repeats(tokens, period, times)) return period * (times - 1);
    }
  }
  return 0;
};
