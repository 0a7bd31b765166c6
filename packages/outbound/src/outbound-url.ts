import { isIP } from "node:net";

import type { AddressPolicy } from "./networks.ts";
import { OutboundError } from "./outbound-error.ts";

const MAX_URL_CHARACTERS = 2048;

export type UrlRules = {
  isAllowed: AddressPolicy;
  /** Refuses http://. */
  httpsOnly?: boolean;
};

/** The address in an address's place for a host name, or null for a name. URLs write IPv4 in dots, however it was given. */
export const literalAddressOf = (url: URL): string | null => {
  const host = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
  return isIP(host) === 0 ? null : host;
};

const fault = (message: string): OutboundError => new OutboundError("url", message);

const parse = (text: string): URL => {
  try {
    return new URL(text);
  } catch (cause) {
    throw new OutboundError("url", "The address is not a URL: it looks like https://example.com/talk.mp3.", { cause });
  }
};

/**
 * Checks all of a URL that can be checked without asking anybody: form, scheme, and an address in place of a name. Names are
 * checked when the connection is made. Any port is taken: what keeps internal services safe is the check of addresses.
 * @throws OutboundError "url" or "not-public".
 */
export const parseOutboundUrl = (text: string, { isAllowed, httpsOnly = false }: UrlRules): URL => {
  if (text.length > MAX_URL_CHARACTERS) throw fault(`The address is longer than ${MAX_URL_CHARACTERS} characters.`);
  const url = parse(text);
  if (httpsOnly && url.protocol !== "https:") throw fault("The address must start with https://.");
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw fault("The address must start with https:// or http://.");
  }
  if (url.username !== "" || url.password !== "") {
    throw fault("The address has a user name or a password in it: take them out.");
  }
  const literal = literalAddressOf(url);
  if (literal !== null && !isAllowed(literal)) {
    throw new OutboundError("not-public", "The address is not public: give one that the internet can reach.");
  }
  url.hash = "";
  return url;
};
