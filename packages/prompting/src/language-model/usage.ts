export type Tokens = { inputTokens: number; outputTokens: number };

/** A sum over calls; null where no server counted. */
export const addUsage = (sum: Tokens | null, { inputTokens, outputTokens }: Tokens): Tokens => ({
  inputTokens: (sum?.inputTokens ?? 0) + inputTokens,
  outputTokens: (sum?.outputTokens ?? 0) + outputTokens,
});
