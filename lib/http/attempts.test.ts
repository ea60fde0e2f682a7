import { describe, expect, it } from "vitest";
import { addressKey, createAttempts } from "./attempts";

describe("createAttempts", () => {
  const limits = { limit: 3, windowMs: 60_000, maxAddresses: 2 };

  it("blocks an address from its third failure until the window has passed", () => {
    const attempts = createAttempts(limits);
    attempts.failed("1.1.1.1", 0);
    attempts.failed("1.1.1.1", 1000);
    expect(attempts.secondsBlocked("1.1.1.1", 1000)).toBe(0);
    attempts.failed("1.1.1.1", 2000);
    expect(attempts.secondsBlocked("1.1.1.1", 2000)).toBe(58);
    expect(attempts.secondsBlocked("1.1.1.1", 59_999)).toBe(1);
    expect(attempts.secondsBlocked("1.1.1.1", 60_000)).toBe(0);
    expect(attempts.secondsBlocked("2.2.2.2", 2000)).toBe(0);
  });

  it("forgets failures after a success", () => {
    const attempts = createAttempts(limits);
    for (let count = 0; count < 2; count += 1) attempts.failed("1.1.1.1", 0);
    attempts.succeeded("1.1.1.1");
    attempts.failed("1.1.1.1", 0);
    expect(attempts.secondsBlocked("1.1.1.1", 0)).toBe(0);
  });

  it("remembers at most as many addresses as allowed, the newest", () => {
    const attempts = createAttempts({ ...limits, limit: 1 });
    for (const address of ["1.1.1.1", "2.2.2.2", "3.3.3.3"]) attempts.failed(address, 0);
    expect(["1.1.1.1", "2.2.2.2", "3.3.3.3"].map((address) => attempts.secondsBlocked(address, 0))).toEqual([
      0, 60, 60,
    ]);
  });
});

describe("addressKey", () => {
  it.each([
    ["10.0.0.1", "10.0.0.1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:0db8:0001::9", "2001:db8:1:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
  ])("of %s is %s", (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});
