import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cidrContains, formatAddress, parseAddress, parseCidr } from "./address";
import { RUNS, SEED } from "./testing";

function canonical(text: string): string | undefined {
  const address = parseAddress(text);
  return address && formatAddress(address);
}

describe("parseAddress", () => {
  // Spellings from RFC 5952 section 4 and 5.
  const spellings: [text: string, expected: string][] = [
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
    ["2001:0db8::0001", "2001:db8::1"],
    ["2001:db8:0:0:0:0:2:1", "2001:db8::2:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:DB8::AAAA", "2001:db8::aaaa"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
    ["::ffff:c000:201", "::ffff:192.0.2.1"],
    ["::192.0.2.1", "::c000:201"],
    ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
    ["1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a"],
  ];
  it.each(spellings)("writes %s as %s", (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  const refused = [
    "",
    " ",
    "1",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "1.2.3.256",
    "1.2.3.-4",
    "1.2.3.4 ",
    "0x1.2.3.4",
    "1.2.3.4:80",
    ":",
    ":::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "1:2:3:4:5:6:7:8::",
    ":1:2:3:4:5:6:7",
    "12345::",
    "g::",
    "fe80::1%eth0",
    "::1.2.3",
    "::1.2.3.4:5",
    "1:2:3:4:5:6:7:1.2.3.4",
    "[::1]",
    "::01.2.3.4",
  ];
  it.each(refused)("refuses %j", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it(`reads what others write, to the same number (seed ${SEED})`, () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const spelled = canonical(text);
        expect(spelled).toBeDefined();
        expect(parseAddress(spelled ?? "")).toEqual(parseAddress(text));
        // A second, independent opinion on IPv6 spelling: the URL standard writes RFC 5952 but for mapped IPv4.
        if (text.includes(":") && !spelled?.startsWith("::ffff:"))
          expect(`[${spelled}]`).toBe(new URL(`http://[${text}]`).hostname);
      }),
      RUNS,
    );
  });
});

describe("parseCidr", () => {
  const ranges: [text: string, network: string | undefined, bits?: number][] = [
    ["10.1.2.3/8", "10.0.0.0", 8],
    ["10.1.2.3/32", "10.1.2.3", 32],
    ["10.1.2.3/0", "0.0.0.0", 0],
    ["fd12::1/8", "fd00::", 8],
    ["::1/128", "::1", 128],
    ["10.0.0.0/33", undefined],
    ["::/129", undefined],
    ["10.0.0.0/08", undefined],
    ["10.0.0.0/", undefined],
    ["10.0.0.0", undefined],
    ["/8", undefined],
    ["10.0.0.0/8/8", undefined],
    ["10.0.0.0/+8", undefined],
  ];
  it.each(ranges)("%s", (text, network, bits) => {
    const cidr = parseCidr(text);
    expect(cidr && formatAddress(cidr.network)).toBe(network);
    expect(cidr?.bits).toBe(bits);
  });

  const members: [cidr: string, address: string, isIn: boolean][] = [
    ["10.0.0.0/8", "10.255.255.255", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["0.0.0.0/0", "1.2.3.4", true],
    ["0.0.0.0/0", "::1", false],
    ["::/0", "1.2.3.4", false],
    ["10.0.0.0/8", "::ffff:10.0.0.1", false],
    ["192.0.2.128/25", "192.0.2.127", false],
    ["192.0.2.128/25", "192.0.2.128", true],
    ["fd00::/8", "fdff:ffff::1", true],
    ["fd00::/8", "fe00::", false],
  ];
  it.each(members)("%s holds %s: %s", (range, text, isIn) => {
    const cidr = parseCidr(range);
    const address = parseAddress(text);
    expect(cidr && address && cidrContains(cidr, address)).toBe(isIn);
  });
});
