/**
 * What went wrong:
 * `url` the address is not one that may be asked for; `not-public` it leads, or redirects, to a place that is not on the
 * public internet; `name` the host name is not known; `connect` nobody answers there; `tls` its certificate does not hold;
 * `broken` the connection broke off or did not speak HTTP; `timeout` too slow; `redirect` redirected where that is not
 * taken, or too often; `too-large` more bytes than allowed.
 */
export type OutboundFault =
  | "url"
  | "not-public"
  | "name"
  | "connect"
  | "tls"
  | "broken"
  | "timeout"
  | "redirect"
  | "too-large";

/**
 * A request to an address that a user named did not succeed. The message is safe to show to that user: it never tells an
 * address that a name resolved to, nor anything about a network that is not public.
 */
export class OutboundError extends Error {
  override readonly name = "OutboundError";
  readonly fault: OutboundFault;
  /** Whether the same request may succeed later. */
  readonly isRetryable: boolean;

  constructor(fault: OutboundFault, message: string, options: ErrorOptions & { isRetryable?: boolean } = {}) {
    super(message, options);
    this.fault = fault;
    this.isRetryable = options.isRetryable ?? ["connect", "broken", "timeout"].includes(fault);
  }
}

const NAME_NOW = "EAI_AGAIN";
const NOT_KNOWN = new Set(["ENOTFOUND", "ENODATA", "EAI_NONAME", "EAI_NODATA", "EAI_FAIL"]);
const NOT_REACHED = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "ETIMEDOUT"]);
const CERTIFICATE = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|ERR_SSL|EPROTO)/;

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

/** Reads what Node's resolver, sockets and HTTP parser throw. */
export const toOutboundError = (cause: unknown, host: string): OutboundError => {
  if (cause instanceof OutboundError) return cause;
  const code = codeOf(cause);
  if (code === NAME_NOW) {
    return new OutboundError("name", `The name ${host} could not be looked up right now.`, {
      cause,
      isRetryable: true,
    });
  }
  if (NOT_KNOWN.has(code))
    return new OutboundError("name", `There is no host ${host}: correct the address.`, { cause });
  // Happy eyeballs gathers the errors of all addresses.
  if (cause instanceof AggregateError || NOT_REACHED.has(code)) {
    return new OutboundError("connect", `Nobody answers at ${host}.`, { cause });
  }
  if (CERTIFICATE.test(code)) {
    return new OutboundError("tls", `The certificate or the encryption of ${host} does not hold (${code}).`, { cause });
  }
  return new OutboundError("broken", `The connection to ${host} broke off${code === "" ? "" : ` (${code})`}.`, {
    cause,
  });
};
