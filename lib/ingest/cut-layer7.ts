/**
 * Cuts more out of a record with a message of layer 7: latency, URL, the values of headers that have another one in every
 * record, the trace id, and the summary, which repeats some of them. In the order in which Hubble writes them; whatever
 * stands elsewhere, or is spelled with escapes, stays where it is.
 */

import { type Cut, HAS, MOST_HEADERS, ONE_HEADER } from "./cut";
import { Needle } from "./needle";

const LAYER7 = new Needle('"l7":{"type":"');
const LATENCY = new Needle('"latency_ns":"');
const URL_MEMBER = new Needle('"url":"');
const HEADERS = new Needle('"headers":[');
const KEY = new Needle('{"key":"');
const VALUE = new Needle('","value":"');
const TRACE = new Needle('"trace_context":{"parent":{"trace_id":"');
const SUMMARY = new Needle('"Summary":"');
const ESCAPED = ["\\u0026", "\\u003c", "\\u003e"].map((spelled) => new Needle(spelled));
const ESCAPE_LENGTH = 6;
/** Behind the type, as Hubble writes it. */
const LATENCY_WITHIN = 40;
const LATENCY_DIGITS = 15;
const QUOTE = 34;
const CLOSE_BRACE = 125;
const COMMA = 44;
const ZERO = 48;

/** Bytes of a text that is its own spelling in JSON. */
const PLAIN = new Uint8Array(256).fill(1, 0x20, 0x7f);
PLAIN[QUOTE] = 0;
PLAIN[0x5c] = 0;

/** Whether a header's value is cut out. */
export interface VariedHeaders {
  isVaried(bytes: Uint8Array, keyStart: number, keyEnd: number, valueLength: number): boolean;
}

/** False when there was nothing more to cut out. */
export function cutLayer7(cut: Cut, bytes: Buffer, varied: VariedHeaders): boolean {
  const { hasTimeAgain } = cut;
  const last = cut.count - 1;
  const [againStart, againEnd] = [cut.starts[last] as number, cut.ends[last] as number];
  const from = hasTimeAgain ? (cut.ends[last - 1] as number) : againEnd;
  const end = hasTimeAgain ? againStart : cut.end;
  const start = LAYER7.find(bytes, from, end);
  if (start < 0) return false;
  if (hasTimeAgain) cut.remove(HAS.timeAgain);
  const before = cut.count;
  cutLatency(cut, bytes, start + LAYER7.length, end);
  const behind = (): number => Math.max(start, cut.behind);
  cut.url = cutText(cut, bytes, URL_MEMBER, HAS.url, behind(), end);
  cutHeaders(cut, bytes, varied, behind(), end);
  cut.trace = cutText(cut, bytes, TRACE, HAS.trace, behind(), end);
  cutText(cut, bytes, SUMMARY, HAS.summary, behind(), end);
  const isMore = cut.count > before;
  if (hasTimeAgain) cut.add(HAS.timeAgain, againStart, againEnd);
  return isMore;
}

/** Digits that a double holds exactly. */
function cutLatency(cut: Cut, bytes: Buffer, from: number, end: number): void {
  const name = LATENCY.find(bytes, from, Math.min(end, from + LATENCY_WITHIN));
  if (name < 0) return;
  const start = name + LATENCY.length;
  let value = 0;
  let at = start;
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (value === 0 || at - start > LATENCY_DIGITS || at >= end || bytes[at] !== QUOTE) return;
  cut.latencyNs = value;
  cut.add(HAS.latency, start, at);
}

/** The number of the cut; -1 when there is none. */
function cutText(cut: Cut, bytes: Buffer, name: Needle, what: number, from: number, end: number): number {
  const found = name.find(bytes, from, end);
  if (found < 0) return -1;
  const start = found + name.length;
  const stop = endOfWebText(bytes, start, end);
  return stop <= start ? -1 : cut.add(what, start, stop);
}

/** The place of the closing quote of a text without escapes; -1 for any other. */
function endOfPlain(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && PLAIN[bytes[at] as number] === 1) at++;
  return at < end && bytes[at] === QUOTE ? at : -1;
}

/** The same of a text in which `&`, `<` and `>` may be escaped, as Go does it. */
function endOfWebText(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (PLAIN[byte] === 1) continue;
    if (byte === QUOTE) return at;
    if (!ESCAPED.some((needle) => at + needle.length < end && needle.isAt(bytes, at))) return -1;
    at += ESCAPE_LENGTH - 1;
  }
  return -1;
}

/** Walks the list as Hubble writes it: `{"key":"..","value":".."}`, an empty value left out. Stops at anything else. */
function cutHeaders(cut: Cut, bytes: Buffer, varied: VariedHeaders, from: number, end: number): void {
  const list = HEADERS.find(bytes, from, end);
  if (list < 0) return;
  cut.firstHeader = cut.count;
  let at = list + HEADERS.length;
  for (let cuts = 0; cuts < MOST_HEADERS; ) {
    if (at + KEY.length > end || !KEY.isAt(bytes, at)) return;
    const keyStart = at + KEY.length;
    const keyEnd = endOfPlain(bytes, keyStart, end);
    if (keyEnd < 0 || keyEnd + VALUE.length > end) return;
    at = keyEnd + 1;
    if (VALUE.isAt(bytes, keyEnd)) {
      const valueStart = keyEnd + VALUE.length;
      const valueEnd = endOfPlain(bytes, valueStart, end);
      if (valueEnd < 0) return;
      if (valueEnd > valueStart && varied.isVaried(bytes, keyStart, keyEnd, valueEnd - valueStart)) {
        cut.add(ONE_HEADER, valueStart, valueEnd);
        cuts++;
      }
      at = valueEnd + 1;
    }
    if (at + 1 >= end || bytes[at] !== CLOSE_BRACE || bytes[at + 1] !== COMMA) return;
    at += 2;
  }
}
