import { describe, expect, it } from "vitest";

import { gerund, pastParticiple, verbForm } from "./verbs.ts";

describe("verbs", () => {
  it.each([
    ["row", "rowing"],
    ["lie", "lying"],
    ["run", "running"],
    ["make", "making"],
    ["see", "seeing"],
    ["dye", "dyeing"],
    ["begin", "beginning"],
    ["open", "opening"],
    ["mimic", "mimicking"],
    ["singe", "singeing"],
    ["fling", "flinging"],
    ["fix", "fixing"],
    ["play", "playing"],
    ["quit", "quitting"],
    ["be", "being"],
    ["read", "reading"],
  ])("%s becomes %s", (lemma, form) => {
    expect(gerund(lemma)).toBe(form);
  });

  it.each([
    ["flung", "fling", "either"],
    ["went", "go", "past"],
    ["stolen", "steal", "participle"],
    ["carried", "carry", "either"],
    ["stopped", "stop", "either"],
    ["lying", "lie", "gerund"],
    ["watches", "watch", "third"],
    ["walk", "walk", "base"],
  ])("%s is read as a form of %s", (word, lemma, form) => {
    expect(verbForm(word)).toEqual({ lemma, form });
  });

  it.each(["lighthouse", "", "the", "constructor"])("%j is no verb", (word) => {
    expect(verbForm(word)).toBeNull();
  });

  it("participles are regular or not", () => {
    expect(["throw", "cover", "tie", "drop", "bury"].map(pastParticiple)).toEqual([
      "thrown",
      "covered",
      "tied",
      "dropped",
      "buried",
    ]);
  });
});
