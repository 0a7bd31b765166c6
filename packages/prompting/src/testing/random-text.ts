/** Numbers in 0..1 that a seed fixes (mulberry32), so that a failing text comes back. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const PIECES =
  "the|The|fox|and|,|.|?|!|;|:|\"|'|’s|n't|--ar 16:9|::2|[x]|{y}|<b>|(|)|\n|\n\n|I|he|she|it|they|who|which|that|there|was|were|had|is|not|to|of|in|at|by|with|ran|running|seen|stood|said|old|red|Anna|Mr.|London|1943|two|море|човен|ніч|ночь|海|猫|👩‍🚀|🐈|é|ß|İ|\u0000|\u200b|\u202e|\ud800|\udfff|\t|…|—|-|'tis|o'er|thy|constructor|__proto__|toString|hasOwnProperty|photo|prompt|http://x.y/z|@a|#b|$1|$&|\\|*|_|%s|&amp;".split(
    "|",
  );

const pick = <T>(random: () => number, list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

/** A text of up to 120 pieces: words, marks, commands, scripts, broken surrogates, names of object members. */
export const randomText = (random: () => number): string =>
  Array.from({ length: Math.floor(random() * 120) }, () => {
    const piece = random() < 0.9 ? pick(random, PIECES) : String.fromCodePoint(Math.floor(random() * 0x10ffff));
    return random() < 0.8 ? `${piece} ` : piece;
  }).join("");
