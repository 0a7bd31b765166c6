import type { AssemblyAiBehaviour } from "../../packages/testing/src/vendors/assemblyai.ts";
import type { OpenAiBehaviour } from "../../packages/testing/src/vendors/openai.ts";

const FLOOD_BYTES = 100_000_000;

/** What a provider does once to a request. */
export type ProviderFault = {
  name: string;
  speech: AssemblyAiBehaviour;
  prompts: OpenAiBehaviour;
  /** No other try can help a transcription: it fails as `provider_rejected`. */
  endsSpeech: boolean;
  /** No other try can help the language model: the engine on this machine steps in, and says so. */
  endsPrompts: boolean;
};

const ofStatus = (status: number, more: { retryAfter?: string; ends?: boolean } = {}): ProviderFault => {
  const { retryAfter, ends = false } = more;
  const behaviour = { kind: "status" as const, status, ...(retryAfter !== undefined && { retryAfter }) };
  const name = retryAfter === undefined ? `${status}` : `${status} and Retry-After`;
  // The language model is asked in another form after a 400.
  return { name, speech: behaviour, prompts: behaviour, endsSpeech: ends, endsPrompts: ends && status !== 400 };
};

const passing = (name: string, speech: AssemblyAiBehaviour, prompts: OpenAiBehaviour): ProviderFault => ({
  name,
  speech,
  prompts,
  endsSpeech: false,
  endsPrompts: false,
});

export const PROVIDER_FAULTS: readonly ProviderFault[] = [
  ofStatus(400, { ends: true }),
  ofStatus(401, { ends: true }),
  ofStatus(402, { ends: true }),
  ofStatus(408),
  ofStatus(429),
  ofStatus(429, { retryAfter: "1" }),
  ofStatus(500),
  ofStatus(503),
  passing("a reset", { kind: "reset" }, { kind: "reset" }),
  passing("silence", { kind: "hang" }, { kind: "hang" }),
  passing("a drip", { kind: "drip" }, { kind: "drip" }),
  passing("half an answer", { kind: "cut" }, { kind: "cut" }),
  passing("garbage", { kind: "body", body: "<html>Welcome" }, { kind: "body", body: "<html>Welcome" }),
  passing(
    "JSON of another schema",
    { kind: "body", body: '{"id": 5}' },
    { kind: "content", content: '{"prompts": []}' },
  ),
  passing("100 MB", { kind: "flood", sizeBytes: FLOOD_BYTES }, { kind: "body", body: " ".repeat(FLOOD_BYTES) }),
];
