/**
 * Addresses that stand for others and keep what a reader sees in them: which share a network, and what kind each is.
 *
 * Stays as it is: loopback, unspecified, broadcast, multicast groups that are assigned, and IPv4 link-local (169.254.0.0/16: the metadata service
 * and node-local DNS are the same everywhere). Stays within its range: private and shared IPv4 space, IPv6 unique local,
 * link-local (whose end is made from a MAC address) and global. IPv4 in IPv6 stands for the same IPv4.
 */

import { ipKey } from "@/lib/base/ip";
import { NumberTree } from "./number-tree";
import type { Pseudonyms } from "./pseudonyms";
import { Remembered } from "./remembered";

/** 239.0.0.0/8: groups that an organisation chooses for itself. */
const SCOPED = 239;
const ALL = Array.from({ length: 256 }, (_, byte) => byte);
/** First bytes of IPv4 that hold ranges with a meaning; their second byte is changed within such a range or outside. */
const RANGES: ReadonlyMap<number, (second: number) => boolean> = new Map([
  [10, () => true],
  [100, (second: number) => second >= 64 && second < 128],
  [169, (second: number) => second === 254],
  [172, (second: number) => second >= 16 && second < 32],
  [192, (second: number) => second === 168],
]);

export class Addresses {
  private readonly known = new Remembered<string>();
  private readonly v4: NumberTree;
  private readonly v6: NumberTree;
  /** First bytes of public addresses among themselves. */
  private readonly firstBytes: ReadonlyMap<number, number>;
  private readonly secondBytes = new Map<string, ReadonlyMap<number, number>>();

  constructor(private readonly pseudonyms: Pseudonyms) {
    this.v4 = new NumberTree((prefix) => pseudonyms.bytes("v4", prefix));
    this.v6 = new NumberTree((prefix) => pseudonyms.bytes("v6", prefix));
    this.firstBytes = this.shuffled(
      "first",
      ALL.filter((byte) => byte > 0 && byte < 224 && byte !== 127 && !RANGES.has(byte)),
    );
  }

  /** Undefined for what is no address. */
  address(text: string): string | undefined {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const key = ipKey(text);
    if (key === undefined) return undefined;
    const bytes = (key.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
    const masked = text.includes(":") ? formatV6(this.mapV6(bytes)) : this.mapV4(bytes.slice(12)).join(".");
    this.known.set(text, masked);
    return masked;
  }

  /** `10.1.0.0/16`; a network wider than /8 tells nothing and stays. */
  network(text: string): string | undefined {
    const [address = "", length = ""] = text.split("/");
    const width = address.includes(":") ? 128 : 32;
    if (!/^\d{1,3}$/.test(length) || Number(length) > width) return undefined;
    const masked = Number(length) < 8 ? address : this.address(address);
    const key = masked === undefined ? undefined : ipKey(masked);
    if (key === undefined) return undefined;
    const free = BigInt(width - Number(length));
    const first = ((BigInt(`0x${key}`) >> free) << free).toString(16).padStart(32, "0");
    const bytes = (first.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
    return `${width === 32 ? bytes.slice(12).join(".") : formatV6(bytes)}/${length}`;
  }

  private mapV4(bytes: readonly number[]): number[] {
    const [first = 0, second = 0] = bytes;
    if (
      first === 0 ||
      first === 127 ||
      (first >= 224 && first !== SCOPED) ||
      (first === 169 && second === 254)
    )
      return [...bytes];
    const tail = this.v4.permute(bytes, 8);
    const isIn = RANGES.get(first);
    if (first === 10 || first === SCOPED) return [first, ...tail.slice(1)];
    if (isIn === undefined) return [this.firstBytes.get(first) ?? first, ...tail.slice(1)];
    const within = isIn(second);
    const seconds = this.secondBytesOf(
      `${first} ${within}`,
      ALL.filter((byte) => isIn(byte) === within),
    );
    return [first, seconds.get(second) ?? second, ...tail.slice(2)];
  }

  private mapV6(bytes: readonly number[]): number[] {
    const [first = 0, second = 0] = bytes;
    const head = bytes.slice(0, 12);
    const isMapped = head.every((byte, at) => byte === (at < 10 ? 0 : 255));
    const isTranslated = head.every((byte, at) => byte === ([0, 100, 255, 155][at] ?? 0));
    if (isMapped || isTranslated) return [...head, ...this.mapV4(bytes.slice(12))];
    if (bytes.slice(0, 15).every((byte) => byte === 0)) return [...bytes];
    if (first === 255)
      return this.v6.permute(bytes, isSolicitedNode(bytes) ? 104 : isChosenGroup(second) ? 16 : 128);
    if (first === 254 && (second & 0xc0) === 0x80) return this.v6.permute(bytes, 64);
    return this.v6.permute(bytes, (first & 0xfe) === 0xfc ? 8 : (first & 0xe0) === 0x20 ? 3 : 16);
  }

  private secondBytesOf(name: string, bytes: readonly number[]): ReadonlyMap<number, number> {
    const known = this.secondBytes.get(name) ?? this.shuffled(name, bytes);
    this.secondBytes.set(name, known);
    return known;
  }

  /** Each of the bytes in the place of another, by the order of keyed digests. */
  private shuffled(name: string, bytes: readonly number[]): ReadonlyMap<number, number> {
    const weight = (byte: number): string =>
      this.pseudonyms.bytes(`byte ${name}`, String(byte)).toString("hex");
    const order = bytes
      .map((byte) => ({ byte, weight: weight(byte) }))
      .sort((a, b) => (a.weight < b.weight ? -1 : 1));
    return new Map(bytes.map((byte, at) => [byte, order[at]?.byte ?? byte]));
  }
}

/** The flag T: a group that nobody assigned. */
function isChosenGroup(second: number): boolean {
  return (second & 0x10) !== 0;
}

/** ff02::1:ff00:0/104: ends in the last 24 bits of the address that is looked for. */
function isSolicitedNode(bytes: readonly number[]): boolean {
  return (
    bytes[1] === 2 && bytes[11] === 1 && bytes[12] === 255 && bytes.slice(2, 11).every((byte) => byte === 0)
  );
}

/** As RFC 5952 has it: small letters, the longest run of zeros left out; IPv4 behind ::ffff: in its own form. */
export function formatV6(bytes: readonly number[]): string {
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255)
    return `::ffff:${bytes.slice(12).join(".")}`;
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0));
  let best = { start: 0, length: 0 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = (list: readonly number[]): string => list.map((group) => group.toString(16)).join(":");
  if (best.length < 2) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}
