import { describe, expect, it } from "vitest";

import { createCast } from "./cast.ts";
import { readVisualScene } from "./slavic.ts";

const subjectOf = (language: string, text: string): string | undefined =>
  readVisualScene(createCast(), language, text).subject?.value;

describe("Ukrainian and Russian", () => {
  it.each([
    ["uk", "Дівчинка тримала на руках кошеня.", "a girl holding a kitten on hands"],
    [
      "uk",
      "Над селом стояв туман, а за тином кричав півень.",
      "fog standing above a village, a rooster crying out behind a wicker fence",
    ],
    ["ru", "Старик и старуха жили у самого синего моря.", "an old woman living by the blue sea"],
    ["ru", "Под фонарём спала рыжая собака.", "a ginger dog sleeping under a street lamp"],
  ])("%s: %s", (language, text, subject) => {
    expect(subjectOf(language, text)).toBe(subject);
  });

  it("a verb in the past tells by its gender who goes on acting", () => {
    const cast = createCast();
    readVisualScene(cast, "ru", "Старик ловил рыбу. Старуха пряла пряжу.");
    expect(readVisualScene(cast, "ru", "Он закинул невод.").subject?.value).toBe("an old man casting a net");
  });
});
