import { TaskOptions } from "@phonoscene/contracts";
import { describe, expect, it } from "vitest";

import { writeStoryboard } from "../storyboard.ts";
import { createLocalEngine } from "./engine.ts";

const engine = createLocalEngine();

const write = (text: string, count: number | null = 1, by = engine) =>
  writeStoryboard(by, {
    source: { kind: "text", text },
    language: "en",
    options: TaskOptions.parse({ count }),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });

const slotOf = async (text: string, name: string): Promise<string> => {
  const { prompts } = await write(text);
  return prompts[0]?.slots.find((slot) => slot.name === name)?.value ?? "";
};
const subjectOf = (text: string): Promise<string> => slotOf(text, "subject");

it("any number of engines share one model, which grows with each opening", async () => {
  const subjects: string[] = [];
  for (let index = 0; index < 40; index += 1) {
    const { prompts } = await write("Two roads diverged in a yellow wood.", 1, createLocalEngine());
    subjects.push(prompts[0]?.slots.find(({ name }) => name === "subject")?.value ?? "");
  }
  expect(new Set(subjects)).toEqual(new Set(["two roads diverging in a yellow wood"]));
});

it("two who act together are whom 'they' means, and no character of their own", async () => {
  const { prompts, bible } = await write("The old owl and the grey cat rowed out to sea. They danced on the sand.", 2);
  expect(prompts[1]?.slots.find(({ name }) => name === "subject")?.value).toBe(
    "an old owl and a grey cat dancing on the sand",
  );
  expect(bible.entities.map(({ name }) => name).toSorted()).toEqual(["cat", "owl"]);
});

describe("who does what", () => {
  it.each([
    ["At dawn the old fisherman rowed out past the lighthouse.", "an old fisherman rowing out past the lighthouse"],
    [
      "The girl dropped the lantern, picked up the knife and ran into the woods.",
      "a girl dropping the lantern and picking up the knife, then running into the woods",
    ],
    ["Then in there stepped a stately Raven of the saintly days of yore.", "a stately raven stepping"],
    ["On the table stood a bowl of oranges.", "a bowl of oranges standing on the table"],
    ["There was a small house at the edge of the forest.", "a small house at the edge of the forest"],
    ["The grass and bushes were wet with dew.", "grass and bushes wet with dew"],
    ["A pink shell was found on the sandy beach.", "a pink shell found on the sandy beach"],
    [
      "The fishing boat rocked against the harbour wall while gulls screamed overhead.",
      "a fishing boat rocking against the harbour wall, gulls screaming overhead",
    ],
    [
      "Tomas Berg, fisherman, sat on a stack of nets and mended his coat.",
      "a fisherman sitting on a stack of nets and mending his coat",
    ],
    [
      "The man who lived on the hill walked down to the village, carrying a basket of apples.",
      "a man living on the hill and walking down to the village, then carrying a basket of apples",
    ],
    ["Carrying a lantern, the miller crossed the bridge.", "a miller carrying a lantern and crossing the bridge"],
    [
      "People passed buckets from the fountain. They all sat in the shop and ate burnt bread.",
      "people passing buckets from the fountain and sitting in the shop, then eating burnt bread",
    ],
    ["Old Mr. Petrov limped over with his cane.", "an old gentleman limping over with his cane"],
    [
      "The cook had been working hard all the morning, spring-cleaning her kitchen.",
      "a cook working hard and spring-cleaning her kitchen",
    ],
    ["A tram went by and all the lamps trembled.", "a tram passing by, lamps trembling"],
    [
      "I saw a crowd, a host, of golden lilies; Dancing in the breeze.",
      "a lone figure watching a crowd, a host of golden lilies",
    ],
    ["They stood in never-ending line along the bay.", "people standing in never-ending line along the bay"],
    ["His hair is crisp, and black, and long.", "a man's crisp, black and long hair"],
    [
      "Children hear the bellows roar, And catch the burning sparks that fly.",
      "children listening to the bellows roaring and catching the burning sparks",
    ],
    ["My brother waves from the cattle car.", "a brother waving from the cattle car"],
    ["I dreamed of your garden, I dreamed of your face.", "a lone figure dreaming of a garden and a face"],
    ["The mayor said that two bridges had been destroyed.", "two bridges destroyed"],
    ["His niece told reporters that he used to sit in the garden.", "a man sitting in the garden"],
    [
      "He just put his bare hand in and lifted out the queen.",
      "a man putting his bare hand in and lifting out the queen",
    ],
    ["When the sun came up we were in the mountains.", "the sun coming up, mountains nearby"],
    [
      "In a cavern, Excavating for a mine, Dwelt a miner, forty-niner, And his daughter.",
      "a miner and a daughter excavating for a mine in a cavern",
    ],
    ["O winter, keeper of the seed, You hide the blossom in the stone.", "winter hiding the blossom in the stone"],
    [
      '"That is for me, as I am a fox," said Master Reynard, and he walked up to the tree.',
      "a fox walking up to the tree",
    ],
    [
      '"It was grey," said marine biologist Priya Nair. She swam over the reef.',
      "a marine biologist swimming over the reef",
    ],
    [
      "Two electricians found a canvas when they moved the furniture.",
      "two electricians finding a canvas and moving the furniture",
    ],
    ["Two roads diverged in a yellow wood.", "two roads diverging in a yellow wood"],
    ["Open here I flung the shutter.", "a lone figure flinging the shutter"],
    [
      "When forty winters shall besiege thy brow, and dig deep trenches in thy beauty's field.",
      "forty winters digging deep trenches in the field",
    ],
    [
      "Sweynheim and Pannartz began printing in the monastery of Subiaco near Rome.",
      "two people printing in the monastery of Subiaco near Rome",
    ],
    [
      "The earliest book printed with movable types has never been surpassed.",
      "the earliest book printed with movable types",
    ],
    ["A widow saw a horse swim across the bay.", "a widow watching a horse swimming across the bay"],
    ["Let the children carry the red banner.", "children carrying the red banner"],
    ["The islands sink like tired whales beneath the moon.", "islands sinking"],
    ["Before her stood a tall young man in a grey cloak.", "a tall young man standing in a grey cloak"],
    ["Inside lay a pocket watch, black with mud.", "a pocket watch lying inside"],
    [
      "The miller said that he would cross the bridge and beg the king for bread. The geese bit the dog.",
      "geese biting the dog",
    ],
    ["Boats were built on the shore and carried out to sea.", "boats built on the shore and carried out to sea"],
  ])("%s", async (text, subject) => {
    expect(await subjectOf(text)).toContain(subject);
  });

  it("what somebody is likened to is nowhere in the prompt, nor is what there is not", async () => {
    const { prompts } = await write("The islands sink like tired whales. There was no bread in the house.");
    expect(prompts[0]?.content).not.toMatch(/whale|bread/u);
  });

  it("a name's trade and gender are known before the text comes to tell them", async () => {
    const { prompts } = await write(
      "Dagny loaded barrels of herring.\n\nThe captain was a widow called Dagny. She wore a knitted cap.",
      2,
    );
    expect(prompts[0]?.content).toContain("a widow loading barrels of herring");
  });

  it("somebody who does nothing to be seen is shown as they feel", async () => {
    expect(await subjectOf("The old crow tried and tried, but had to give up in despair.")).toBe(
      "an old crow with a bowed head",
    );
  });

  it("a pronoun means whoever of its gender the story is about, with the looks of the first mention", async () => {
    const { prompts } = await write(
      "The old sailor carried a young girl ashore. He gave her a blanket.\n\nShe ate a bowl of soup by the fire.",
      2,
    );
    expect(prompts[0]?.content).toContain("an old sailor carrying a young girl ashore");
    expect(prompts[1]?.content).toContain("a young girl eating a bowl of soup by the fire");
  });

  it("what did not happen is not shown", async () => {
    expect(await subjectOf("The boy did not climb the tree. The cat climbed the wall.")).toBe(
      "a cat climbing the wall",
    );
  });

  it("quoted words are no actions of the scene while somebody acts", async () => {
    const subject = await subjectOf('"Run into the house," said the fox, grinning at the crow in the tall oak tree.');
    expect(subject).toBe("a fox grinning at the crow in the tall oak tree");
  });

  it("words that name only ideas become a symbol, marked as inferred", async () => {
    const { prompts } = await write("Hope is all that we have.");
    expect(prompts[0]?.slots[0]).toEqual({
      name: "subject",
      value: "a small green shoot breaking through cracked earth",
      origin: "inferred",
    });
  });

  it("a person in the scene keeps symbols out", async () => {
    expect(await subjectOf("In hope and love the widow lit a candle.")).not.toContain("shoot");
  });
});

describe("the setting", () => {
  it("an hour holds until the text names another, and is marked as carried", async () => {
    const { prompts, scenes } = await write(
      "At dawn the hunter left the hut.\n\nThe hunter crossed the river.\n\nBy night the hunter slept in a cave.",
      3,
    );
    const hours = prompts.map(({ slots }) => slots.find(({ name }) => name === "timeOfDay"));
    expect(hours.map((slot) => slot?.value)).toEqual(["dawn", "dawn", "night"]);
    expect(hours.map((slot) => slot?.origin)).toEqual(["text", "carried", "text"]);
    expect(scenes.at(-1)?.place).toBe("cave");
  });

  it("a leap in time forgets the hour", async () => {
    const { scenes } = await write("At dawn the hunter left the hut.\n\nMany years later a woman found his knife.", 2);
    expect(scenes.map(({ timeOfDay }) => timeOfDay)).toEqual(["dawn", null]);
  });

  it("the whole text weighs on a scene's mood", async () => {
    const raven =
      "Once upon a midnight dreary, while I pondered, weak and weary.\n\nEach dying ember wrought its ghost upon the floor.\n\nThe grim ghastly raven made me smile, with fear and dread of the shadows.";
    const { scenes } = await write(raven, 3);
    expect(scenes.map(({ mood }) => mood)).toEqual(["eerie", "eerie", "eerie"]);
  });

  it("the five keywords name things that the subject leaves out", async () => {
    const keywords = await slotOf(
      "The baker carried bread, while on the marble counter a copper kettle, three lemons and a blue jug glowed in the sun.",
      "keywords",
    );
    expect(keywords.split(", ").length).toBe(5);
    expect(keywords).toContain("copper kettle");
  });
});
