/** IP addresses as sortable keys, so that a CIDR is a range of keys. */

import { fail, ok, type Result } from "./result";

/** 32 hexadecimal digits; IPv4 is mapped into ::ffff:0:0/96. `undefined` for what is no address. */
export function ipKey(address: string): string | undefined {
  const v4 = ipv4Bytes(address);
  if (v4 !== undefined) return `${"0".repeat(20)}ffff${hex(v4)}`;
  const v6 = ipv6Bytes(address);
  return v6 === undefined ? undefined : hex(v6);
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function ipv4Bytes(address: string): number[] | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return undefined;
  const bytes = address.split(".").map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function ipv6Bytes(address: string): number[] | undefined {
  const text = address.replace(/%.*$/, "");
  if (!/^[0-9a-fA-F:.]+$/.test(text) || text.length > 45) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(groups);
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 16 ? head : undefined;
  if (tail === undefined || head.length + tail.length > 14) return undefined;
  return [...head, ...Array<number>(16 - head.length - tail.length).fill(0), ...tail];
}

/** Bytes of colon-separated groups; the last may be an IPv4 address. */
function groups(text: string): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const v4 = index === parts.length - 1 && part.includes(".") ? ipv4Bytes(part) : undefined;
    if (v4 !== undefined) bytes.push(...v4);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part))
      bytes.push(Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255);
    else return undefined;
  }
  return bytes;
}

/** An address that stands for a group of receivers. */
export function isMulticast(address: string): boolean {
  const v4 = ipv4Bytes(address);
  if (v4 !== undefined) return v4[0] !== undefined && v4[0] >= 224 && v4[0] < 240;
  return ipv6Bytes(address)?.[0] === 0xff;
}

/** First and last key of an address or CIDR, both included. */
export function ipRange(text: string): Result<{ readonly first: string; readonly last: string }> {
  const [address = "", prefix, rest] = text.split("/");
  const key = ipKey(address);
  if (key === undefined || rest !== undefined)
    return fail("ip_invalid", `"${text}" is not an IP address or CIDR.`);
  const width = address.includes(":") ? 128 : 32;
  if (prefix === undefined) return ok({ first: key, last: key });
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > width) {
    return fail("ip_invalid", `"${text}" has no prefix length between 0 and ${width}.`);
  }
  const free = BigInt(width - Number(prefix));
  const first = (BigInt(`0x${key}`) >> free) << free;
  const last = first | ((1n << free) - 1n);
  return ok({ first: first.toString(16).padStart(32, "0"), last: last.toString(16).padStart(32, "0") });
}
