// Control and format characters but for tab and newline, and what stands for broken input.
const CONTROL = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFC\uFFFD]/gu;
const LONE_SURROGATE = /[\uD800-\uDFFF]/gu;

/** Lines that lyrics begin with, of which none is sung. */
const MUSIC_HEADER = /^[^\S\n]*(?:genre|bpm|tempo)\s*:[^\n]*$/gimu;

/** Words with single spaces and plain marks: most segments of a transcript, which need no work. */
const PLAIN = /^[\p{L}\p{N}']+[.,;!?]*(?: [\p{L}\p{N}']+[.,;!?]*)*$/u;

const evenOut = (text: string): string =>
  text
    .replaceAll(LONE_SURROGATE, " ")
    .normalize("NFC")
    .replaceAll(/\r\n?/gu, "\n")
    .replaceAll(CONTROL, " ")
    .replaceAll(MUSIC_HEADER, " ")
    .replaceAll(/<script\b[^>]{0,200}>[^]{0,2000}?<\/script>|<[a-z]+:[^>\n]{0,200}>/giu, " ")
    .replaceAll(/\b(?:https?:\/\/|www\.)\S+/giu, " ")
    .replaceAll(/\b(?:embedding|lora):\S+/giu, " ")
    .replaceAll(/\{[^}\n]{0,200}\}/gu, " ")
    // A dash that a phone made of two hyphens is one to a generator, too.
    .replaceAll(/(^|\s)[—–][a-z]{1,20}(?=::|\s+\d)/giu, "$1")
    .replaceAll(/(^|\s)-{3,}[a-z]+/giu, "$1")
    .replaceAll(/(^|[\s"'])--[a-z]{1,20}(?:\s+\d+(?::\d+)?)?(?=[\s"':]|$)/giu, "$1 ")
    .replaceAll(/::+(?:-?\d+(?:\.\d+)?)?/gu, " ")
    .replaceAll(/\[[^\]\n]{0,60}\]|<\/?[a-z][^>\n]{0,200}>/giu, " ")
    .replaceAll(/[[\]{}<>|\\^*_#~`]+/gu, " ")
    .replaceAll(/[“”„«»‟]/gu, '"')
    .replaceAll(/[‘’‚‛]/gu, "'")
    .replaceAll(/[\t\u00A0 ]+/gu, " ")
    .replaceAll(/ *\n */gu, "\n")
    .trim();

/**
 * Takes out of a text what a generator would read as commands (`--ar`, `::`, brackets), and evens out quotes and
 * spaces. Double quotes stay as plain ones: the engine needs to know what is somebody's speech.
 */
export const normalise = (text: string): string => (PLAIN.test(text) ? text.normalize("NFC") : evenOut(text));

/** Anything to read at all: a letter or a digit of any script. */
export const hasWords = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

export const wordCount = (text: string): number => text.match(/[\p{L}\p{N}]\S*/gu)?.length ?? 0;
