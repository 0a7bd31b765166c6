import { describe, expect, it } from "vitest";

import { readCommand } from "./arguments.ts";
import { UsageError } from "./exit-codes.ts";

describe("readCommand", () => {
  it.each([
    [["demo"], { kind: "sample" }],
    [["demo", "talk.mp3"], { kind: "file", path: "talk.mp3" }],
    [["demo", "-"], { kind: "stdin" }],
    [["demo", "https://example.com/talk.mp3"], { kind: "url", url: "https://example.com/talk.mp3" }],
    [["demo", "--text", "A fox."], { kind: "text", text: "A fox." }],
  ])("%j names its source", (argv, source) => {
    expect(readCommand(argv)).toMatchObject({ name: "demo", source, isJson: false });
  });

  it("options become the task's fields, and what is left out is left to the service", () => {
    const argv = [
      "demo",
      "a.mp3",
      "--count",
      "4",
      "--aspect",
      "16:9",
      "--target",
      "flux",
      "--seed",
      "7",
      "--language",
      "en",
      "--json",
    ];
    expect(readCommand(argv)).toMatchObject({
      fields: { count: 4, aspectRatio: "16:9", target: "flux", seed: 7, language: "en" },
      isJson: true,
    });
    expect(readCommand(["demo"])).toMatchObject({ fields: {} });
  });

  it("models are listed, or one is fetched by its name", () => {
    expect(readCommand(["models", "--json"])).toEqual({ name: "models", action: "list", isJson: true });
    expect(readCommand(["models", "fetch", "whisper-base"])).toMatchObject({ action: "fetch", id: "whisper-base" });
    for (const argv of [
      ["models", "fetch"],
      ["models", "list", "x"],
      ["models", "--all"],
    ]) {
      expect(() => readCommand(argv)).toThrow(UsageError);
    }
  });

  it("dead letters are listed, and redriven by their ids or all together", () => {
    const id = "01890000-0000-7000-8000-000000000000";
    expect(readCommand(["dead-letters", "list", "--json"])).toMatchObject({ action: "list", isJson: true });
    expect(readCommand(["dead-letters", "redrive", id])).toMatchObject({ action: "redrive", ids: [id] });
    expect(readCommand(["dead-letters", "redrive", "--all"])).toMatchObject({ action: "redrive", ids: null });
  });

  it("scenes may be asked for by their length", () => {
    expect(readCommand(["demo", "--seconds-per-scene", "7.5"])).toMatchObject({ fields: { secondsPerScene: 7.5 } });
  });

  it("a version of the target and the kind of text may be named", () => {
    const argv = ["demo", "--target-version", "niji 7", "--content-type", "song"];
    expect(readCommand(argv)).toMatchObject({ fields: { targetVersion: "niji 7", contentType: "song" } });
  });

  it("admin names what to do with whom, in small letters as accounts are kept", () => {
    const granted = { name: "admin", action: "grant", email: "ada@example.com", isJson: true };
    expect(readCommand(["admin", "grant", "Ada@Example.com", "--json"])).toEqual(granted);
    expect(readCommand(["admin", "list"])).toEqual({ name: "admin", action: "list", isJson: false });
  });

  it("a -- that the package manager left in is skipped", () => {
    expect(readCommand(["demo", "--", "a.mp3"])).toMatchObject({ source: { kind: "file", path: "a.mp3" } });
  });

  it.each([
    [["demo", "--count", "0"], /--count takes a whole number from 1 to 200/],
    [["demo", "--count", "two"], /--count/],
    [["demo", "--seconds-per-scene", "1.9"], /--seconds-per-scene takes a number from 2 to 600/],
    [["demo", "--seconds-per-scene", "1e2"], /--seconds-per-scene/],
    [["demo", "--seconds-per-scene", "9", "--count", "2"], /either --count or --seconds-per-scene/],
    [["admin"], /grant EMAIL, revoke EMAIL, list/],
    [["admin", "grant"], /grant EMAIL/],
    [["admin", "list", "ada@example.com"], /grant EMAIL/],
    [["admin", "promote", "ada@example.com"], /grant EMAIL/],
    [["admin", "grant", "ada@example.com", "eve@example.com"], /grant EMAIL/],
    [["admin", "revoke", "ada"], /takes the email of an account, not "ada"/],
    [["admin", "list", "--count", "2"], /admin takes no --count/],
    [["dead-letters"], /list, redrive ID..., redrive --all/],
    [["dead-letters", "list", "--all"], /list, redrive ID..., redrive --all/],
    [["dead-letters", "redrive"], /list, redrive ID..., redrive --all/],
    [["dead-letters", "redrive", "--all", "01890000-0000-7000-8000-000000000000"], /list, redrive ID/],
    [["dead-letters", "redrive", "7"], /takes ids of tasks[^]*not "7"/],
    [["demo", "--all"], /demo takes no --all/],
    [["demo", "--seed", "-1"], /seed/],
    [["demo", "--target", "dalle"], /midjourney, flux, sdxl, gpt-image, plain/],
    [["demo", "--target-version", "6"], /8\.2, 8\.1, 7, niji 7/],
    [["demo", "--target", "flux", "--target-version", "7"], /"flux" has no version "7"/],
    [["demo", "--content-type", "opera"], /song, podcast, audiobook, story, talk/],
    [["demo", "--aspect", "wide"], /16:9/],
    [["demo", "--colour"], /--colour/],
    [["demo", "a.mp3", "b.mp3"], /one thing at a time/],
    [["demo", "a.mp3", "--text", "b"], /one thing at a time/],
    [["dance"], /There is no command "dance"/],
    [["start", "now"], /start takes no arguments/],
  ])("%j is refused, and the words say what would be right", (argv, words) => {
    expect(() => readCommand(argv)).toThrow(UsageError);
    expect(() => readCommand(argv)).toThrow(words);
  });
});
