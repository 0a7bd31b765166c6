/** What is compared of a word: its letters and digits. */
export const spokenForm = (word: string): string =>
  word
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]/gu, "");

/** Of each given word, the heard word in its place, or null. */
export type Match = (number | null)[];

type Words = readonly string[];
type Pair = { given: number; heard: number };
type Bounds = { from: Pair; to: Pair };

/** A table of so many cells is small enough to be filled. */
const MAX_CELLS = 4_000_000;
/** Words in a row that occur once on both sides are the same place. */
const ANCHOR_WORDS = 3;

const cellsIn = ({ from, to }: Bounds): number => (to.given - from.given) * (to.heard - from.heard);

/** Where each run of words that occurs once begins. */
const onceOnly = (words: Words, from: number, to: number): Map<string, number> => {
  const places = new Map<string, number>();
  for (let at = from; at + ANCHOR_WORDS <= to; at += 1) {
    const run = words.slice(at, at + ANCHOR_WORDS).join(" ");
    places.set(run, places.has(run) ? -1 : at);
  }
  return places;
};

/** The first place in rising numbers whose number is not below this one. */
const placeFor = (rising: readonly number[], number: number): number => {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The longest run of pairs that goes forward on both sides; the pairs come in the order of the given words. */
const forward = (pairs: readonly Pair[]): Pair[] => {
  const ends: number[] = [];
  const lasts: number[] = [];
  const before = pairs.map(() => -1);
  pairs.forEach(({ heard }, at) => {
    const length = placeFor(lasts, heard);
    before[at] = ends[length - 1] ?? -1;
    ends[length] = at;
    lasts[length] = heard;
  });
  const run: Pair[] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) {
    const pair = pairs[at];
    if (pair !== undefined) run.push(pair);
  }
  return run.toReversed();
};

const anchorsIn = (given: Words, heard: Words, { from, to }: Bounds): Pair[] => {
  const places = onceOnly(heard, from.heard, to.heard);
  const pairs: Pair[] = [];
  for (const [run, at] of onceOnly(given, from.given, to.given)) {
    const place = places.get(run) ?? -1;
    if (at !== -1 && place !== -1) pairs.push({ given: at, heard: place });
  }
  return forward(pairs.toSorted((a, b) => a.given - b.given));
};

const PAIRED = 0;
const UNHEARD = 1;

/** Fewest words changed, left out and put in. */
const matchTable = (given: Words, heard: Words, { from, to }: Bounds): Pair[] => {
  const [rows, columns] = [to.given - from.given, to.heard - from.heard];
  const steps = new Uint8Array(rows * columns);
  let above = Array.from({ length: columns + 1 }, (_, column) => column);
  for (let row = 0; row < rows; row += 1) {
    const costs = [row + 1];
    for (let column = 0; column < columns; column += 1) {
      const isSame = given[from.given + row] === heard[from.heard + column];
      const paired = (above[column] ?? 0) + (isSame ? 0 : 1);
      const unheard = (above[column + 1] ?? 0) + 1;
      const ungiven = (costs[column] ?? 0) + 1;
      const best = Math.min(paired, unheard, ungiven);
      steps[row * columns + column] = [paired, unheard, ungiven].indexOf(best);
      costs.push(best);
    }
    above = costs;
  }
  const pairs: Pair[] = [];
  for (let row = rows - 1, column = columns - 1; row >= 0 && column >= 0;) {
    const step = steps[row * columns + column];
    if (step === PAIRED) pairs.push({ given: from.given + row, heard: from.heard + column });
    if (step !== 2) row -= 1;
    if (step !== UNHEARD) column -= 1;
  }
  return pairs;
};

const pairsIn = (given: Words, heard: Words, bounds: Bounds): Pair[] => {
  if (cellsIn(bounds) <= MAX_CELLS) return matchTable(given, heard, bounds);
  const anchors = anchorsIn(given, heard, bounds);
  if (anchors.length === 0) return [];
  return [bounds.from, ...anchors].flatMap((from, at) => {
    const between = { from, to: anchors[at] ?? bounds.to };
    return cellsIn(between) <= MAX_CELLS ? matchTable(given, heard, between) : [];
  });
};

/**
 * Finds given words among heard ones, in order. Long texts are first cut where three words in a row occur once on both
 * sides; between two such places that are too far apart nothing is matched.
 */
export const matchWords = (given: Words, heard: Words): Match => {
  const match: Match = given.map(() => null);
  const bounds = { from: { given: 0, heard: 0 }, to: { given: given.length, heard: heard.length } };
  for (const pair of pairsIn(given.map(spokenForm), heard.map(spokenForm), bounds)) match[pair.given] = pair.heard;
  return match;
};
