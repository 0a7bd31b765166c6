import { AppError, SECOND } from "@phonoscene/kernel";

/** Hours of words are some megabytes; more is not an answer. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const RETRYABLE_BELOW_500 = new Set([408, 409, 425, 429]);

export type Vendor = {
  name: string;
  /** The variable that holds its key. */
  keyVariable: string;
  /** What some statuses mean at this vendor, past the usual ones. */
  refusals?: Record<number, string>;
};

/** `Retry-After` in milliseconds: seconds or a date (RFC 9110, 10.2.3); undefined where it says nothing usable. */
const retryAfterMs = (header: string | null | undefined): number | undefined => {
  if (header === null || header === undefined) return undefined;
  const waitMs = /^\d+$/.test(header.trim()) ? Number(header) * SECOND : Date.parse(header) - Date.now();
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
};

/** What the vendor says is wrong: short, for the log. */
const evidence = (status: number, body: string): Error => new Error(`HTTP ${status}: ${body.trim().slice(0, 300)}`);

export type VendorFailures = {
  /** An HTTP error status as a failure of the task. */
  rejection(status: number, body: string, retryAfter: string | null | undefined): AppError;
  /** An answer that is not what the vendor documents. */
  unusable(cause: unknown): AppError;
  /** A connection that could not be made, broke or stayed silent. */
  unreachable(cause: unknown): AppError;
  tookTooLong(cause: unknown): AppError;
  /** A body as text, no longer than an answer can be. @throws AppError "provider_unavailable". */
  readBody(chunks: AsyncIterable<Uint8Array>): Promise<string>;
};

const refusalsOf = ({ name, keyVariable, refusals }: Vendor): Record<number, string> => ({
  401: `${name} does not accept the key: correct ${keyVariable}.`,
  402: `${name} wants to be paid: top up the account that ${keyVariable} belongs to.`,
  403: `${name} does not allow this key to transcribe: check the account that ${keyVariable} belongs to.`,
  ...refusals,
});

const busy = (name: string, status: number): string =>
  status === 429
    ? `${name} has too much to do for this key right now; it is tried again.`
    : `${name} cannot answer right now; it is tried again.`;

const unavailable = (detail: string, cause: unknown): AppError =>
  new AppError("provider_unavailable", { detail }, { cause });

/** How a vendor's HTTP failures end a task. */
export const createVendorFailures = (vendor: Vendor): VendorFailures => {
  const { name } = vendor;
  const refusals = refusalsOf(vendor);
  const unusable = (cause: unknown): AppError =>
    unavailable(`${name}'s answer makes no sense; it is tried again.`, cause);
  return {
    rejection: (status, body, retryAfter) => {
      const cause = { cause: evidence(status, body) };
      if (status >= 500 || RETRYABLE_BELOW_500.has(status)) {
        const waitMs = retryAfterMs(retryAfter);
        const wait = waitMs === undefined ? {} : { retryAfterMs: waitMs };
        return new AppError("provider_unavailable", { detail: busy(name, status), ...wait }, cause);
      }
      const usual = `${name} refused the request (HTTP ${status}): check that the recording is a usual format.`;
      return new AppError("provider_rejected", { detail: refusals[status] ?? usual }, cause);
    },
    unusable,
    unreachable: (cause) =>
      unavailable(`The connection to ${name} failed; it is tried again. Check the network if it stays so.`, cause),
    tookTooLong: (cause) => {
      const detail = `${name} took too long; it is tried again, from where it stands.`;
      return new AppError("provider_timeout", { detail }, { cause });
    },
    readBody: async (chunks) => {
      const parts: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > MAX_BODY_BYTES) throw unusable(new Error(`The body is longer than ${MAX_BODY_BYTES} bytes`));
        parts.push(chunk);
      }
      return Buffer.concat(parts).toString("utf8");
    },
  };
};
