import { describe, expect, it } from "vitest";
import { isMulticast } from "./ip";

describe("an address of a group", () => {
  // RFC 1112: 224.0.0.0/4; RFC 4291: ff00::/8, of which ff:: is none.
  it.each(["224.0.0.0", "224.0.0.251", "239.255.255.255", "ff02::2", "FF05::1:3"])("is %s", (address) => {
    expect(isMulticast(address)).toBe(true);
  });

  it.each(["223.255.255.255", "240.0.0.0", "255.255.255.255", "ff::2", "fe80::1", "", "ff02", "shop/web"])(
    "is not %j",
    (address) => {
      expect(isMulticast(address)).toBe(false);
    },
  );
});
