import { AppError, SECOND } from "@phonoscene/kernel";

export type ProviderAccess = { apiKey: string; baseUrl: string };

/** Hours of words are some megabytes; more is not an answer. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const RETRYABLE_BELOW_500 = new Set([408, 425, 429]);

/** `Retry-After` in milliseconds: seconds or a date (RFC 9110, 10.2.3); undefined where it says nothing usable. */
const retryAfterMs = (header: string | null | undefined): number | undefined => {
  if (header === null || header === undefined) return undefined;
  const waitMs = /^\d+$/.test(header.trim()) ? Number(header) * SECOND : Date.parse(header) - Date.now();
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
};

/** What the provider says is wrong: short, for the log. */
const evidence = (status: number, body: string): Error => new Error(`HTTP ${status}: ${body.trim().slice(0, 300)}`);

const REFUSALS: Record<number, string> = {
  401: "AssemblyAI does not accept the key: correct ASSEMBLYAI_API_KEY.",
  402: "AssemblyAI wants to be paid: top up the account that ASSEMBLYAI_API_KEY belongs to.",
  403: "AssemblyAI does not allow this key to transcribe: check the account that ASSEMBLYAI_API_KEY belongs to.",
  404: "AssemblyAI does not know this transcript any more: create the task again.",
};

/** An HTTP error status as a failure of the task. */
export const rejection = (status: number, body: string, retryAfter: string | null | undefined): AppError => {
  const cause = { cause: evidence(status, body) };
  if (status >= 500 || RETRYABLE_BELOW_500.has(status)) {
    const waitMs = retryAfterMs(retryAfter);
    const detail =
      status === 429
        ? "AssemblyAI has too much to do for this key right now; it is tried again."
        : "AssemblyAI cannot answer right now; it is tried again.";
    return new AppError(
      "provider_unavailable",
      { detail, ...(waitMs !== undefined && { retryAfterMs: waitMs }) },
      cause,
    );
  }
  const detail =
    REFUSALS[status] ?? `AssemblyAI refused the request (HTTP ${status}): check that the recording is a usual format.`;
  return new AppError("provider_rejected", { detail }, cause);
};

/** An answer that is not what the provider documents. */
export const unusable = (cause: unknown): AppError =>
  new AppError("provider_unavailable", { detail: "AssemblyAI's answer makes no sense; it is tried again." }, { cause });

/** A connection that could not be made, broke or stayed silent. */
export const unreachable = (cause: unknown): AppError =>
  new AppError(
    "provider_unavailable",
    { detail: "The connection to AssemblyAI failed; it is tried again. Check the network if it stays so." },
    { cause },
  );

/** A body as text, no longer than an answer can be. */
export const readBody = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw unusable(new Error(`The body is longer than ${MAX_BODY_BYTES} bytes`));
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString("utf8");
};
