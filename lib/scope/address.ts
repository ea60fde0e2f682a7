/**
 * IP addresses and CIDR ranges: validation and the one spelling of each.
 *
 * IPv6 is written as RFC 5952 wants it (lower case, the longest run of zero groups as `::`), IPv4 mapped
 * into IPv6 as `::ffff:1.2.3.4`, which is what Go's netip and so Hubble write. Zones (`%eth0`), leading
 * zeros in IPv4 and short forms such as `10.1` are refused.
 */

export interface Address {
  readonly version: 4 | 6;
  /** The address as an unsigned number of 32 or 128 bits. */
  readonly number: bigint;
}

export interface Cidr {
  /** First address of the range: host bits are cleared. */
  readonly network: Address;
  readonly bits: number;
}

const IPV4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;
const IPV4_TAIL = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;
const MAPPED_PREFIX = 0xffffn << 32n;

export function parseAddress(text: string): Address | undefined {
  if (!text.includes(":")) {
    const number = parseIpv4(text);
    return number === undefined ? undefined : { version: 4, number };
  }
  const number = parseIpv6(text);
  return number === undefined ? undefined : { version: 6, number };
}

export function formatAddress(address: Address): string {
  return address.version === 4 ? formatIpv4(address.number) : formatIpv6(address.number);
}

/** Reads `address/bits`; host bits are allowed and cleared, as Hubble does. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return undefined;
  const address = parseAddress(text.slice(0, slash));
  const bitsText = text.slice(slash + 1);
  if (address === undefined || !/^(0|[1-9]\d{0,2})$/.test(bitsText)) return undefined;
  const bits = Number(bitsText);
  const width = widthOf(address);
  if (bits > width) return undefined;
  const hostBits = BigInt(width - bits);
  return { network: { version: address.version, number: (address.number >> hostBits) << hostBits }, bits };
}

/** An IPv4 range holds no IPv6 address, mapped ones included (as in Go's netip). */
export function cidrContains(cidr: Cidr, address: Address): boolean {
  if (cidr.network.version !== address.version) return false;
  const hostBits = BigInt(widthOf(address) - cidr.bits);
  return address.number >> hostBits === cidr.network.number >> hostBits;
}

function widthOf(address: Address): number {
  return address.version === 4 ? 32 : 128;
}

function parseIpv4(text: string): bigint | undefined {
  const match = IPV4.exec(text);
  if (!match) return undefined;
  let number = 0n;
  for (const part of match.slice(1)) {
    if (Number(part) > 255) return undefined;
    number = number * 256n + BigInt(part);
  }
  return number;
}

function parseIpv6(text: string): bigint | undefined {
  const whole = withHexTail(text);
  if (whole === undefined) return undefined;
  const halves = whole.split("::");
  if (halves.length > 2) return undefined;
  const [head = "", tail] = halves;
  const front = groupsOf(head);
  const back = tail === undefined ? [] : groupsOf(tail);
  if (front === undefined || back === undefined) return undefined;
  const missing = 8 - front.length - back.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...front, ...Array.from({ length: missing }, () => "0"), ...back];
  return groups.reduce((number, group) => number * 65536n + BigInt(`0x${group}`), 0n);
}

/** Turns a dotted IPv4 ending into two hexadecimal groups. */
function withHexTail(text: string): string | undefined {
  if (!text.includes(".")) return text;
  const match = IPV4_TAIL.exec(text);
  const number = match ? parseIpv4(match[2] ?? "") : undefined;
  if (number === undefined) return undefined;
  return `${match?.[1] ?? ""}${(number >> 16n).toString(16)}:${(number & 0xffffn).toString(16)}`;
}

function groupsOf(text: string): string[] | undefined {
  if (text === "") return [];
  const groups = text.split(":");
  return groups.every((group) => GROUP.test(group)) ? groups : undefined;
}

function formatIpv4(number: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((number >> shift) & 255n)).join(".");
}

function formatIpv6(number: bigint): string {
  if (number >> 32n === MAPPED_PREFIX >> 32n) return `::ffff:${formatIpv4(number & 0xffffffffn)}`;
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((number >> BigInt(112 - index * 16)) & 0xffffn).toString(16),
  );
  const run = longestZeroRun(groups);
  if (run.length < 2) return groups.join(":");
  return `${groups.slice(0, run.start).join(":")}::${groups.slice(run.start + run.length).join(":")}`;
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== "0") start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  return best;
}
