/** URLs and header values: what a path's segments are is hidden, that they are the same or of the same form is not. */

import type { Mask } from "./mask";
import { isHarmlessHeader, isKept, isKnownHeader } from "./words";

/** Longer paths and segments are cut by routes too (lib/insight/route.ts). */
const LONG_SEGMENT = 256;
const REDACTED = "HUBBLE_REDACTED";

export function maskUrl(mask: Mask, url: string | undefined): string | undefined {
  if (url === undefined || url === "") return url;
  if (!mask.has("urls")) return mask.text(url);
  return mask.secret(url, (text) => masked(mask, text));
}

function masked(mask: Mask, url: string): string {
  const [, scheme = "", authority = "", path = "", rest = ""] =
    /^([A-Za-z][A-Za-z0-9+.-]{0,20}:\/\/)?([^/?#]*)([^?#]*)(.*)$/s.exec(url) ?? [];
  const host =
    scheme === "" && !url.startsWith("/") ? hidden(mask, authority) : maskAuthority(mask, authority);
  const segments = path.split("/").map((segment) => maskSegment(mask, segment));
  return `${scheme}${host}${segments.join("/")}${maskQuery(mask, rest)}`;
}

/** Without user and password; the port stays. */
function maskAuthority(mask: Mask, authority: string): string {
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const [, name = host, port = ""] = /^(\[[^\]]*\]|[^:]*)(:\d{1,5})?$/.exec(host) ?? [];
  if (!name.startsWith("[")) return hiddenHost(mask, name) + port;
  return `[${mask.hidden(name.slice(1, -1))}]${port}`;
}

function hiddenHost(mask: Mask, name: string): string {
  return mask.hidden(name.toLowerCase());
}

function hidden(mask: Mask, text: string): string {
  return text === "" || text === REDACTED ? text : mask.hidden(text);
}

function maskSegment(mask: Mask, segment: string): string {
  if (segment === "" || isKept(segment) || segment.includes(REDACTED)) return segment;
  if (segment.length > LONG_SEGMENT) return "x".repeat(LONG_SEGMENT + 1);
  // A date names nobody, and routes know it by its form.
  if (/^\d{4}-\d{2}(?:-\d{2})?$/.test(segment)) return segment;
  const [, word, number] = /^([A-Za-z]+)([-_:]\d+)$/.exec(segment) ?? [];
  if (word !== undefined && number !== undefined)
    return `${mask.hidden(word)}${number.slice(0, 1)}${mask.hidden(number.slice(1))}`;
  const [, stem, ending] = /^(.+)(\.[A-Za-z][A-Za-z0-9]{0,7})$/.exec(segment) ?? [];
  if (stem !== undefined && ending !== undefined && !stem.includes(".")) return mask.hidden(stem) + ending;
  return mask.hidden(segment);
}

function maskQuery(mask: Mask, rest: string): string {
  return rest.replace(/[^?&#=;]+/g, (piece) => hidden(mask, piece));
}

interface Header {
  readonly key: string;
  readonly value: string;
}

export function maskHeader(mask: Mask, { key, value }: Header): Header {
  if (!mask.has("urls")) return { key: mask.text(key), value: mask.text(value) };
  const shownKey = isKnownHeader(key) ? key : mask.secret(key, (text) => mask.hidden(text));
  if (value === "" || value.includes(REDACTED) || isHarmlessHeader(key, value))
    return { key: shownKey, value };
  return { key: shownKey, value: mask.secret(value, (text) => mask.hidden(text)) };
}
