/** What a provider charges for; null where it does not count that, or does not say. */
export type ProviderUsage = { audioMs: number | null; inputTokens: number | null; outputTokens: number | null };

export type ProviderCall = {
  /** Whose limits, failures and prices count: `assemblyai`, `openai`, `openai-speech`. */
  provider: string;
  model: string;
  /** What is asked for, such as `transcribe`. */
  operation: string;
  /** The most that it is likely to use; null where the provider charges nothing: such a call is in no ledger. */
  estimate: ProviderUsage | null;
  /** Short calls, such as asking how far a job is, take none of the provider's slots. */
  takesSlot: boolean;
  signal: AbortSignal;
};

export type ProviderAnswer<Value> = {
  value: Value;
  /** Null: nothing was charged. */
  usage: ProviderUsage | null;
  /** The provider goes on with the work under this id; `settle` says what it used once it is over. */
  jobId?: string;
};

/**
 * The one way to a provider: every request goes through `run`, which waits, repeats, counts and refuses. Bound to the
 * task that the calls are made for.
 */
export type ProviderGate = {
  /**
   * `work` makes one request, and is called again when it throws a failure that may pass (`provider_unavailable`,
   * `provider_timeout`); whatever else it throws or returns is the answer.
   * @throws AppError "spend_limit" over a cap, "provider_unavailable" while the provider is given a rest.
   */
  run<Value>(call: ProviderCall, work: () => Promise<ProviderAnswer<Value>>): Promise<Value>;
  /** What a job used in the end; null: the provider does not charge for it. Saying so again changes nothing. */
  settle(job: ProviderJobEnd, usage: ProviderUsage | null): Promise<void>;
};

/** A job that is over. `model`: the one that did it, where the provider chose; null where it did not say. */
export type ProviderJobEnd = { provider: string; jobId: string; model: string | null };

/** No gate: each request once, nothing counted. For engines that are used outside of a worker. */
export const OPEN_GATE: ProviderGate = {
  run: async (_call, work) => (await work()).value,
  settle: async () => undefined,
};
