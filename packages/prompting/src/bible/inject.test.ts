import type { BibleEntity, Slot } from "@phonoscene/contracts";
import { describe, expect, it } from "vitest";

import { entityId } from "./entity-id.ts";
import { injectBible } from "./inject.ts";

const entity = (name: string, description: string, aliases: string[] = []): BibleEntity => {
  const kind = "character";
  return { id: entityId(kind, name), kind, name, aliases, description, sceneIndexes: [], origin: "edited" };
};

const BERG = entity("Tomas Berg", "an old fisherman in a yellow coat", ["Tomas", "Berg"]);
const ANNA = entity("Anna Berg", "a young woman", ["Anna"]);
const KEEPER = entity("keeper", "an old keeper in a blue coat");
const LAMP = entity("lamp", "a brass lamp with a cracked glass");
const SEA = entity("sea", "the grey sea");
const PARIS = entity("Paris", "Paris in the rain");
const BOYS = entity("boys", "three boys in school caps");

const inject = (subject: string, ...bible: BibleEntity[]): string => {
  const slot: Slot = { name: "subject", value: subject, origin: "text" };
  const once = injectBible([slot], bible);
  expect(injectBible(once, bible)).toEqual(once);
  return once[0]?.value ?? "";
};

describe("a name", () => {
  it.each([
    ["Tomas Berg rowing out", "an old fisherman in a yellow coat rowing out"],
    ["Tomas rowing out", "an old fisherman in a yellow coat rowing out"],
    ["a man named Tomas Berg rowing out", "an old fisherman in a yellow coat rowing out"],
    ["an old fisherman named Berg rowing out", "an old fisherman in a yellow coat rowing out"],
    ["the old fisherman Tomas Berg rowing out", "an old fisherman in a yellow coat rowing out"],
    ["Mr. Berg rowing out", "an old fisherman in a yellow coat rowing out"],
    ["Tomas, an old fisherman, rowing out", "an old fisherman in a yellow coat rowing out"],
    ["a boat behind Tomas", "a boat behind an old fisherman in a yellow coat"],
    ["gulls above Tomas's boat", "gulls above the fisherman's boat"],
    [
      "Tomas mending a net, then Tomas Berg sleeping",
      "an old fisherman in a yellow coat mending a net, then the fisherman sleeping",
    ],
    ["a thomas cat", "a thomas cat"],
  ])("%s", (before, after) => {
    expect(inject(before, BERG)).toBe(after);
  });

  it("is the one with more of its words where two share one", () => {
    expect(inject("Anna Berg waving to Tomas Berg", BERG, ANNA)).toBe(
      "a young woman waving to an old fisherman in a yellow coat",
    );
  });

  it("as an owner takes a brief description whole", () => {
    expect(inject("Anna's boat in the harbour", ANNA)).toBe("a young woman's boat in the harbour");
  });

  it("that a generator knows stays where the description has it", () => {
    expect(inject("a boat in Paris", PARIS)).toBe("a boat in Paris in the rain");
  });

  it("begins a sentence with a capital", () => {
    expect(inject("The rain stops. Tomas rows out.", BERG)).toBe(
      "The rain stops. An old fisherman in a yellow coat rows out.",
    );
  });
});

describe("a noun", () => {
  it.each([
    ["the keeper climbing the stairs", "an old keeper in a blue coat climbing the stairs"],
    ["an old keeper climbing the stairs", "an old keeper in a blue coat climbing the stairs"],
    ["a tired keeper climbing the stairs", "a tired old keeper in a blue coat climbing the stairs"],
    ["her keeper climbing the stairs", "her old keeper in a blue coat climbing the stairs"],
    ["a keeper in a blue coat climbing", "an old keeper in a blue coat climbing"],
    [
      "the keeper lighting the lamp and the keeper sleeping",
      "an old keeper in a blue coat lighting a brass lamp with a cracked glass and the keeper sleeping",
    ],
    ["his lamp in the dark", "his brass lamp with a cracked glass in the dark"],
    ["gulls over the sea", "gulls over the grey sea"],
  ])("%s", (before, after) => {
    expect(inject(before, KEEPER, LAMP, SEA)).toBe(after);
  });

  it.each([
    "a young keeper climbing the stairs",
    "another keeper waiting",
    "two keepers waiting",
    "a lighthouse keeper waiting",
    "a lamp room above the rocks",
    "the captain's keeper house",
    "no lamp anywhere",
  ])("means something else: %s", (subject) => {
    expect(inject(subject, KEEPER, LAMP)).toBe(subject);
  });

  it("with what the description says too is not said twice", () => {
    const man = entity("man", "a man in a captain's coat");
    expect(inject("a man in a captain's coat stepping ashore", man)).toBe("a man in a captain's coat stepping ashore");
    expect(inject("the man in the captain's old coat", man)).toBe(
      "a man in a captain's coat in the captain's old coat",
    );
  });

  it("in the plural is the plural's", () => {
    expect(inject("the boys running home", BOYS)).toBe("three boys in school caps running home");
    expect(inject("a boy running home", BOYS)).toBe("a boy running home");
  });
});

it("a description names another entity and is not taken apart", () => {
  const keeper = entity("keeper", "an old keeper with a lamp");
  expect(inject("the keeper sleeping", keeper, LAMP)).toBe("an old keeper with a lamp sleeping");
});

it("keywords lose the names, and what is then said twice; the style's slots are left alone", () => {
  const slots: Slot[] = [
    { name: "keywords", value: "old fisherman, Tomas Berg, nets", origin: "text" },
    { name: "film", value: "Tomas film", origin: "style" },
  ];
  expect(injectBible(slots, [BERG]).map(({ value }) => value)).toEqual(["old fisherman, nets", "Tomas film"]);
});

it("a description brings no generator's syntax along", () => {
  expect(inject("Tomas rowing out", { ...BERG, description: 'a "man" --no hat ::2' })).toBe("a man hat 2 rowing out");
});
