import { describe, expect, it } from "vitest";

import { isPublicAddress, unwrapAddress } from "./addresses.ts";
import { createAddressPolicy, networkList } from "./networks.ts";

describe("public addresses", () => {
  it.each([
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.0.3.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4001:81b::200e",
    "2001:200::1",
    "2001:4860:4860::8888",
    "3ffd:ffff::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "64:ff9b::101:101",
  ])("%s is public", (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    "",
    "localhost",
    "1.2.3",
    "01.2.3.4",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "::ffff:8.8.8.8%1",
    "8.8.8.8/32",
  ])("%j is no address of the public internet", (address) => expect(isPublicAddress(address)).toBe(false));

  it.each([
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["::ffff:0:1", "0.0.0.1"],
    ["64:ff9b::", "0.0.0.0"],
    ["64:ff9b::c0a8:0", "192.168.0.0"],
    ["64:ff9b::1:2", "0.1.0.2"],
    ["2606:4700::1", "2606:4700::1"],
  ])("%s stands for %s", (address, plain) => expect(unwrapAddress(address)).toBe(plain));
});

describe("opened networks", () => {
  const isAllowed = createAddressPolicy(networkList.parse("10.1.0.0/16, fd00:1::/32 ,127.0.0.2/32"));

  it.each(["10.1.2.3", "::ffff:10.1.2.3", "fd00:1::5", "127.0.0.2", "8.8.8.8"])("%s may be asked", (address) =>
    expect(isAllowed(address)).toBe(true),
  );
  it.each(["10.2.0.1", "127.0.0.1", "fd00:2::5", "fd00:1::5%eth0", "nonsense"])("%s may not", (address) =>
    expect(isAllowed(address)).toBe(false),
  );
  it.each(["10.0.0.0", "10.0.0.0/33", "fd00::/129", "fd00::1%eth0/64", "10.0.0.0/8/8", "all", "10.0.0.0/8,", "/8"])(
    "%j is refused as a network, and named",
    (list) => expect(networkList.safeParse(list).error?.issues[0]?.message).toContain("is no network"),
  );
});
