import { lookup } from "node:dns/promises";

import type { AddressPolicy } from "./networks.ts";
import { OutboundError } from "./outbound-error.ts";
import { literalAddressOf } from "./outbound-url.ts";

/** All addresses of a host name. Rejects as `dns.lookup` does. */
export type Resolve = (hostname: string) => Promise<string[]>;

/** As every program of this machine resolves: hosts file and DNS. */
export const systemResolve: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

/**
 * The addresses that a connection to the URL may use; asked for once, so that nothing can change between check and connect.
 * One address that is not public refuses the name as a whole: a mix is how rebinding begins.
 * @throws OutboundError "not-public"; whatever `resolve` rejects with.
 */
export const resolveChecked = async (
  url: URL,
  { resolve, isAllowed }: { resolve: Resolve; isAllowed: AddressPolicy },
): Promise<string[]> => {
  const literal = literalAddressOf(url);
  const addresses = literal === null ? await resolve(url.hostname) : [literal];
  if (addresses.length === 0) throw new OutboundError("name", `There is no host ${url.hostname}: correct the address.`);
  if (!addresses.every((address) => isAllowed(address))) {
    throw new OutboundError(
      "not-public",
      `The address of ${url.hostname} is not public: give one that the internet can reach.`,
    );
  }
  return addresses;
};
