import { isPublicAddress } from "./addresses.ts";
import type { AddressPolicy } from "./networks.ts";
import { literalAddressOf, parseOutboundUrl } from "./outbound-url.ts";

/**
 * As `parseOutboundUrl`, and https alone; but for an address (not a name) in a network that was opened: there is seldom a
 * certificate for one.
 * @throws OutboundError "url" or "not-public".
 */
export const parseSecureUrl = (text: string, isAllowed: AddressPolicy): URL => {
  const url = parseOutboundUrl(text, { isAllowed });
  const literal = literalAddressOf(url);
  return literal !== null && !isPublicAddress(literal) ? url : parseOutboundUrl(text, { isAllowed, httpsOnly: true });
};
