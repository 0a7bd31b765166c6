import { type FakeOpenAi, type OpenAiBehaviour, type OpenAiForm, startOpenAi } from "@phonoscene/testing/openai";
import { afterEach, beforeEach, expect, it } from "vitest";

import { createLanguageModelEngine } from "./engine.ts";
import { plainEngine, slotRequest } from "./testing/drafts.ts";

let server: FakeOpenAi;

beforeEach(async () => {
  server = await startOpenAi();
});
afterEach(() => server.close());

const answer = (edit: (json: string) => string): OpenAiBehaviour => ({ kind: "answer", edit });

/** An answer whose scenes are written another way. */
const scenesAs = (change: (scene: { sceneIndex: number; slots: Record<string, { value: string }> }) => unknown) =>
  answer((json) => {
    // Of the schema that the engine sent.
    const { scenes } = JSON.parse(json) as { scenes: Parameters<typeof change>[0][] };
    return JSON.stringify({ scenes: scenes.map(change) });
  });

const valuesOf = (slots: Record<string, { value: string }>) =>
  Object.fromEntries(Object.entries(slots).map(([name, { value }]) => [name, value]));

it.each([
  ["in a code fence", answer((json) => `\`\`\`json\n${json}\n\`\`\``)],
  ["in a fence without a language", answer((json) => `\`\`\`\n${json}\n\`\`\``)],
  [
    "in a fence, with talk around it",
    answer((json) => `Sure! Here it is:\n\n\`\`\`json\n${json}\n\`\`\`\n\nHope this helps.`),
  ],
  ["with talk before and after", answer((json) => `Here is the storyboard: ${json} Let me know!`)],
  ["after a thought", answer((json) => `<think>Scenes {0}, [1]...</think>\n${json}`)],
  ["after a thought whose opening tag the server dropped", answer((json) => `Scenes {0}...\n</think>\n\n${json}`)],
  ["encoded twice", answer((json) => JSON.stringify(json))],
  ["as a list without its object", answer((json) => JSON.stringify((JSON.parse(json) as { scenes: unknown }).scenes))],
  ["with a byte order mark", answer((json) => `\uFEFF${json}`)],
  ["with the scenes' numbers as text", scenesAs((scene) => ({ ...scene, sceneIndex: String(scene.sceneIndex) }))],
  ["with bare values for slots", scenesAs(({ sceneIndex, slots }) => ({ sceneIndex, slots: valuesOf(slots) }))],
  [
    "with fields that nobody asked for",
    scenesAs((scene) => ({ ...scene, notes: "nice", slots: { ...scene.slots, x: 1 } })),
  ],
  [
    "with a scene twice",
    answer((json) => json.replace('"scenes":[', `"scenes":[${/\{"sceneIndex.*?\}\}(?=,|\])/u.exec(json)?.[0] ?? ""},`)),
  ],
  ["in parts", { kind: "answer", shape: "parts" }],
  ["with the arguments of a function as an object", { kind: "answer", shape: "object" }],
] satisfies [string, OpenAiBehaviour][])("an answer %s is read without a repair", async (what, behaviour) => {
  const forms: OpenAiForm[] = what.includes("function") ? ["tools"] : ["json_object"];
  await server.close();
  server = await startOpenAi({ forms });
  const engine = createLanguageModelEngine({
    apiKey: "sk-test",
    baseUrl: server.baseUrl,
    model: "gpt-test",
    fallback: plainEngine,
    requestTimeoutMs: 2000,
  });
  server.script(behaviour);
  const result = await engine.writeSlots(slotRequest());
  expect(result).toMatchObject({ engine: "openai/gpt-test", warnings: [] });
  expect(server.requests.at(-1)?.form).toBe(forms[0]);
  expect(result.slots.flat().filter(({ value }) => value === "")).toEqual([]);
});
