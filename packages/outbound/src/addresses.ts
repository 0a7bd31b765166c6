/*
 * Which addresses belong to the public internet, after the IANA special-purpose address registries (IPv4 and IPv6, RFC 6890
 * and what followed). IPv6 is told by what is allowed, 2000::/3, less its special blocks: whatever is given out later starts
 * as refused. An IPv6 address that stands for an IPv4 one (v4-mapped, NAT64) is as public as that one.
 */
import { BlockList, isIP } from "node:net";

type Subnet = readonly [network: string, prefix: number];

const SPECIAL_IPV4: readonly Subnet[] = [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8], // private
  ["100.64.0.0", 10], // shared by carriers (CGNAT)
  ["127.0.0.0", 8], // loopback
  ["169.254.0.0", 16], // link-local; the clouds' metadata services
  ["172.16.0.0", 12], // private
  ["192.0.0.0", 24], // protocol assignments
  ["192.0.2.0", 24], // documentation
  ["192.88.99.0", 24], // 6to4 relays, given up
  ["192.168.0.0", 16], // private
  ["198.18.0.0", 15], // benchmarks
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved, and broadcast
];

const GLOBAL_UNICAST: Subnet = ["2000::", 3];

const SPECIAL_IPV6: readonly Subnet[] = [
  ["2001::", 23], // protocol assignments: Teredo, benchmarks, ORCHID
  ["2001:db8::", 32], // documentation
  ["2002::", 16], // 6to4
  ["3ffe::", 16], // the 6bone, given up
  ["3fff::", 20], // documentation
];

/** IPv4 addresses in the last four bytes. The NAT64 block for local use, 64:ff9b:1::/48, is not among them: it is never public. */
const EMBEDDING: readonly Subnet[] = [
  ["::ffff:0:0", 96], // v4-mapped
  ["64:ff9b::", 96], // NAT64
];

const listOf = (family: "ipv4" | "ipv6", subnets: readonly Subnet[]): BlockList => {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, family);
  return list;
};

const specialIpv4 = listOf("ipv4", SPECIAL_IPV4);
const globalUnicast = listOf("ipv6", [GLOBAL_UNICAST]);
const specialIpv6 = listOf("ipv6", SPECIAL_IPV6);
const embedding = listOf("ipv6", EMBEDDING);

/** The last 32 bits of an IPv6 address as an IPv4 one. */
const lastFourBytes = (address: string): string => {
  // A URL writes every IPv6 address in its one canonical form, without dots.
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [low = "0", high = "0"] = canonical
    .split(":")
    .slice(-2)
    .toReversed()
    .map((group) => (group === "" ? "0" : group));
  const bits = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join(".");
};

/** The IPv4 address that an IPv6 one stands for, else the address itself. */
export const unwrapAddress = (address: string): string =>
  isIP(address) === 6 && !address.includes("%") && embedding.check(address, "ipv6") ? lastFourBytes(address) : address;

/** Whether an IP address is one of the public internet. What is no address, or has a zone, is not. */
export const isPublicAddress = (address: string): boolean => {
  const plain = unwrapAddress(address);
  if (isIP(plain) === 4) return !specialIpv4.check(plain, "ipv4");
  if (isIP(plain) !== 6 || plain.includes("%")) return false;
  return globalUnicast.check(plain, "ipv6") && !specialIpv6.check(plain, "ipv6");
};
