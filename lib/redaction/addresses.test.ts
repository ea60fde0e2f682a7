import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ipKey } from "@/lib/base/ip";
import { Addresses, formatV6 } from "./addresses";
import { Identities } from "./identities";
import { Pseudonyms } from "./pseudonyms";
import { KEY } from "./testing";

const pseudonyms = new Pseudonyms(KEY);
const addresses = new Addresses(pseudonyms);
const masked = (text: string): string => addresses.address(text) ?? "none";

/** The end of an address of IPv6 that holds this one of IPv4. */
function inHex(v4Text: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = v4Text.split(".").map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** Leading bits that two addresses share. */
function shared(a: string, b: string): number {
  const bits = (text: string): string =>
    BigInt(`0x${ipKey(text)}`)
      .toString(2)
      .padStart(128, "0");
  const [one, other] = [bits(a), bits(b)];
  let at = 0;
  while (at < 128 && one[at] === other[at]) at++;
  return at;
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, n) => first + n);
const byte = fc.integer({ min: 0, max: 255 });
const v4 = (first: fc.Arbitrary<number>) => fc.tuple(first, byte, byte, byte).map((bytes) => bytes.join("."));
const v6 = fc
  .tuple(
    fc.constantFrom(0x2a01, 0x2603, 0xfd12),
    ...Array.from({ length: 7 }, () => fc.integer({ min: 0, max: 0xffff })),
  )
  .map((groups) => groups.map((group) => group.toString(16)).join(":"));

describe("an address that stands for another", () => {
  it("shares with others exactly the bits that the originals share, from /8 on", () => {
    fc.assert(
      fc.property(v4(fc.constantFrom(10, 20, 51, 203)), v4(fc.constantFrom(10, 20, 51, 203)), (a, b) => {
        const before = shared(a, b) - 96;
        const after = shared(masked(a), masked(b)) - 96;
        if (before >= 8) expect(after).toBe(before);
        else expect(after).toBeLessThan(8);
      }),
    );
  });

  it("does so in IPv6 too", () => {
    fc.assert(
      fc.property(v6, v6, fc.integer({ min: 0, max: 7 }), (a, b, same) => {
        const groups = [...a.split(":").slice(0, same), ...b.split(":").slice(same)].join(":");
        expect(shared(masked(a), masked(groups))).toBe(shared(a, groups));
      }),
    );
  });

  it("is another one, and never the same for two", () => {
    const originals = Array.from({ length: 2000 }, (_, n) => `10.${n % 7}.${n >> 8}.${n & 255}`);
    expect(new Set(originals.map(masked)).size).toBe(2000);
    expect(originals.filter((address) => masked(address) === address).length).toBeLessThan(3);
  });

  it.each([
    [
      "its first byte, where it is public",
      0,
      range(1, 223).filter((n) => ![10, 100, 127, 169, 172, 192].includes(n)),
      ".1.2.3",
    ],
    ["its second byte within a private range", 1, range(16, 31), ".1.2", "172."],
    ["its second byte outside of such a range", 1, [...range(0, 15), ...range(32, 255)], ".1.2", "172."],
  ])("has another for %s, and never the same for two", (_, at, bytes, behind, before = "") => {
    const found = bytes.map((n) => Number(masked(`${before}${n}${behind}`).split(".")[at]));
    expect(found.toSorted((a, b) => a - b)).toEqual(bytes);
    // Chance leaves one of them in its place.
    expect(bytes.filter((n, index) => n === found[index]).length).toBeLessThan(5);
  });

  it.each([
    ["127.0.0.1", "127.0.0.1"],
    ["0.0.0.0", "0.0.0.0"],
    ["169.254.20.10", "169.254.20.10"],
    ["224.0.0.251", "224.0.0.251"],
    ["255.255.255.255", "255.255.255.255"],
    ["::1", "::1"],
    ["::", "::"],
    ["ff02::2", "ff02::2"],
  ])("%s is the same everywhere and stays", (address, expected) => {
    expect(masked(address)).toBe(expected);
  });

  it.each([
    ["10.1.2.3", /^10\./],
    ["172.20.1.2", /^172\.(1[6-9]|2\d|3[01])\./],
    ["172.32.1.2", /^172\.(?!(1[6-9]|2\d|3[01])\.)/],
    ["192.168.4.5", /^192\.168\./],
    ["192.0.78.5", /^192\.(?!168\.)/],
    ["100.64.0.9", /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./],
    ["100.63.0.9", /^100\.(?!(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/],
    ["100.128.0.9", /^100\.(?!(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/],
    ["20.50.1.2", /^(?!10\.|127\.|169\.|172\.|192\.|0\.)\d/],
    ["fe80::42:acff:fe11:2", /^fe80::/],
    ["fd00:10:244::5", /^fd/],
    ["2a01:4f8::1", /^(?!2a01:)[23]/],
    ["2603:1020::5", /^(?!2603:)[23]/],
    ["fd12:10::5", /^fd(?!12:)/],
    ["64:ff9b::20.1.2.3", new RegExp(`^64:ff9b::${inHex(masked("20.1.2.3"))}$`)],
    ["ff02::1:ff00:1234", /^ff02::1:ff(?!00:1234)/],
    ["239.1.2.3", /^239\./],
    ["ff15::1234", /^ff15:/],
    ["::ffff:20.1.2.3", new RegExp(`^::ffff:${masked("20.1.2.3").replaceAll(".", "\\.")}$`)],
  ])("%s stays what it is: %s", (address, pattern) => {
    expect(masked(address)).toMatch(pattern);
    expect(masked(address)).not.toBe(address);
  });

  it("lies in the network that stands for its network", () => {
    const network = addresses.network("10.244.3.0/24") ?? "";
    expect(network).toMatch(/^10\.\d+\.\d+\.0\/24$/);
    expect(masked("10.244.3.77").split(".").slice(0, 3)).toEqual(network.split(".").slice(0, 3));
    expect(addresses.network("10.0.0.0/8")).toBe("10.0.0.0/8");
    expect(addresses.network("172.16.0.0/12")).toBe("172.16.0.0/12");
    expect(addresses.network("0.0.0.0/0")).toBe("0.0.0.0/0");
    expect(addresses.network("fd00:10::/32")).toMatch(/^fd[0-9a-f]{2}:[0-9a-f]+::\/32$/);
    expect(addresses.network("10.0.0.0/33")).toBeUndefined();
  });

  it("is undefined for what is no address", () => {
    expect(["web", "1.2.3", "1.2.3.400", ""].map((text) => addresses.address(text))).toEqual(
      Array(4).fill(undefined),
    );
  });
});

it.each([
  ["::1", "::1"],
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["0:0:0:0:0:ffff:a00:1", "::ffff:10.0.0.1"],
  ["fd00:1:2:3:4:5:6:7", "fd00:1:2:3:4:5:6:7"],
])("IPv6 %s is written %s", (text, expected) => {
  const bytes = (ipKey(text)?.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  expect(formatV6(bytes)).toBe(expected);
});

describe("an identity", () => {
  const identities = new Identities(pseudonyms);

  it("of a pod is that of another pod, one to one; cluster and kind stay", () => {
    const all = Array.from({ length: 65_536 - 256 }, (_, n) => identities.identity(n + 256));
    expect(new Set(all).size).toBe(all.length);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(256);
    expect(Math.floor(identities.identity(0x1000a1) / 65_536)).toBe(0x10);
    expect(identities.identity(16_777_217) >> 24).toBe(1);
  });

  it.each([0, 1, 2, 7, 104, 255])("%i is reserved and stays", (value) => {
    expect(identities.identity(value)).toBe(value);
  });
});
