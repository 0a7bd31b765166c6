import { BlockList, isIP } from "node:net";

import { z } from "zod";

import { isPublicAddress, unwrapAddress } from "./addresses.ts";

const isNetwork = (text: string): boolean => {
  const [address = "", prefix = "", ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || address.includes("%") || rest.length > 0 || !/^\d{1,3}$/.test(prefix)) return false;
  return Number(prefix) <= (family === 4 ? 32 : 128);
};

/** A variable that holds networks in CIDR notation, comma separated. */
export const networkList = z
  .string()
  .transform((list) => list.split(",").map((network) => network.trim()))
  .pipe(
    z.array(
      z.string().refine(isNetwork, {
        error: ({ input }) => `"${String(input)}" is no network: write 10.1.0.0/16 or fd00:1::/32, comma separated`,
      }),
    ),
  );

/** Whether an address may be connected to. */
export type AddressPolicy = (address: string) => boolean;

/** Public addresses, and those of the networks that whoever runs this service has opened (in CIDR notation). */
export const createAddressPolicy = (allowedNetworks: readonly string[] = []): AddressPolicy => {
  const allowed = new BlockList();
  for (const network of allowedNetworks) {
    const [address = "", prefix = ""] = network.split("/");
    allowed.addSubnet(address, Number(prefix), isIP(address) === 4 ? "ipv4" : "ipv6");
  }
  return (address) => {
    const plain = unwrapAddress(address);
    if (isPublicAddress(plain)) return true;
    if (isIP(plain) === 0 || plain.includes("%")) return false;
    return allowed.check(plain, isIP(plain) === 4 ? "ipv4" : "ipv6");
  };
};
