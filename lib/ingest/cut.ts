/**
 * Cuts out of a record's bytes what differs between records that are otherwise alike: time, uuid and ports, in the order in
 * which Hubble writes them (of a message of layer 7 there is more: cut-layer7.ts). No text is made, nothing is allocated: a
 * log has millions of records.
 */

import { hash64 } from "@/lib/base/hash";
import { isWholeMinute, parseTime } from "@/lib/base/time";
import { Needle } from "./needle";

const TIME = new Needle('"time":"');
const UUID = new Needle('"uuid":"');
const SOURCE_PORT = new Needle('"source_port":');
const DESTINATION_PORT = new Needle('"destination_port":');
/** Written behind the time in every flow of Hubble 1.14 and later, and nowhere else in a record. */
const UUID_WITHIN = 60;
const LONGEST_TIME = 64;
const LONGEST_UUID = 64;
const QUOTE = 34;
const LETTER_Z = 90;
const POINT = 46;
const ZERO = 48;

/** Bytes that a uuid may be of: nothing that JSON would refuse, or read as something else. */
const IN_UUID = new Uint8Array(256);
for (const char of "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-")
  IN_UUID[char.charCodeAt(0)] = 1;
/** Values of lower-case hexadecimal digits; 255 for anything else. */
const DIGIT = new Uint8Array(256).fill(255);
for (const [value, char] of [..."0123456789abcdef"].entries()) DIGIT[char.charCodeAt(0)] = value;

/** What can be cut out, as a sum in `Cut.shape`. The time always is. */
export const HAS = { uuid: 1, ports: 2, timeAgain: 4, latency: 8, url: 16, trace: 32, summary: 64 } as const;
/** Added to the shape for each header that is cut out. */
export const ONE_HEADER = 128;
export const MOST_HEADERS = 12;
const MOST_CUTS = 9 + MOST_HEADERS;

/** The places of the cuts, within the bytes that were given, and the values. One is used for all records. */
export class Cut {
  start = 0;
  end = 0;
  /** Where each cut begins and ends, in the order of the record: the time first, the envelope's time last. */
  readonly starts = new Int32Array(MOST_CUTS);
  readonly ends = new Int32Array(MOST_CUTS);
  count = 0;
  /** Which cuts there are. Their order is always the same, so that this says what each of them is. */
  shape = 0;
  sourcePort = 0;
  destinationPort = 0;
  /** Halves of the time in nanoseconds, and of 64 bits of the uuid. */
  timeHigh = 0;
  timeLow = 0;
  uuidHigh = 0;
  uuidLow = 0;
  /** Lower-case digits and dashes where they belong. */
  isUsualUuid = false;
  /** Below 2^53. */
  latencyNs = 0;
  /** Numbers of cuts: the URL, the first header, the trace id. */
  url = 0;
  firstHeader = 0;
  trace = 0;
  private readonly minute = new Uint8Array(17);
  private minuteHigh = 0;
  /** Unsigned. */
  private minuteLow = 0;
  private isMinuteKnown = false;

  get hasUuid(): boolean {
    return (this.shape & HAS.uuid) !== 0;
  }

  get hasPorts(): boolean {
    return (this.shape & HAS.ports) !== 0;
  }

  get hasTimeAgain(): boolean {
    return (this.shape & HAS.timeAgain) !== 0;
  }

  get headers(): number {
    return Math.floor(this.shape / ONE_HEADER);
  }

  get timeNs(): bigint {
    return (BigInt(this.timeHigh) << 32n) | BigInt(this.timeLow >>> 0);
  }

  /** Behind the last cut. */
  get behind(): number {
    return this.ends[this.count - 1] as number;
  }

  add(what: number, start: number, end: number): number {
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.shape += what;
    return this.count++;
  }

  /** Takes the last cut back. */
  remove(what: number): void {
    this.count--;
    this.shape -= what;
  }

  /** False when the record is not written as Hubble writes it: it is to be decoded in full. */
  take(bytes: Buffer, start: number, end: number): boolean {
    this.start = start;
    this.end = end;
    this.count = 0;
    this.shape = 0;
    const name = TIME.find(bytes, start, end);
    if (name < 0) return false;
    const timeStart = name + TIME.length;
    const timeEnd = endOfText(bytes, timeStart, Math.min(end, timeStart + LONGEST_TIME));
    if (timeEnd < 0 || !this.readTime(bytes, timeStart, timeEnd)) return false;
    this.add(0, timeStart, timeEnd);
    this.takeUuid(bytes, timeEnd);
    return this.takePorts(bytes, this.behind) && this.takeTimeAgain(bytes, timeStart, timeEnd);
  }

  /** The uuid that follows the time closely. (A uuid elsewhere stays where it is.) */
  private takeUuid(bytes: Buffer, from: number): void {
    const name = UUID.find(bytes, from, Math.min(this.end, from + UUID_WITHIN));
    if (name < 0) return;
    const start = name + UUID.length;
    let end = start;
    while (end < this.end && IN_UUID[bytes[end] as number] === 1) end++;
    if (end === start || end - start > LONGEST_UUID || end >= this.end || bytes[end] !== QUOTE) return;
    this.add(HAS.uuid, start, end);
    this.isUsualUuid = this.foldUuid(bytes, start, end);
    if (!this.isUsualUuid) {
      const hash = hash64(bytes.subarray(start, end));
      this.uuidHigh = Number(hash >> 32n);
      this.uuidLow = Number(BigInt.asIntN(32, hash));
    }
  }

  /** As uuidHash of lib/base/hash.ts does it; false when it is not spelled in the usual way. */
  private foldUuid(bytes: Buffer, at: number, end: number): boolean {
    if (end - at !== 36) return false;
    if (bytes[at + 8] !== 45 || bytes[at + 13] !== 45 || bytes[at + 18] !== 45 || bytes[at + 23] !== 45)
      return false;
    if (!isHexadecimal(bytes, at)) return false;
    this.uuidHigh = word(bytes, at, at + 4) ^ word(bytes, at + 19, at + 24);
    this.uuidLow = word(bytes, at + 9, at + 14) ^ word(bytes, at + 28, at + 32);
    return true;
  }

  private takePorts(bytes: Buffer, from: number): boolean {
    const name = SOURCE_PORT.find(bytes, from, this.end);
    if (name < 0) return true;
    const sourceStart = name + SOURCE_PORT.length;
    const sourceEnd = endOfNumber(bytes, sourceStart, this.end);
    if (sourceEnd < 0) return false;
    const other = DESTINATION_PORT.find(bytes, sourceEnd, this.end);
    if (other < 0) return false;
    const destinationStart = other + DESTINATION_PORT.length;
    const destinationEnd = endOfNumber(bytes, destinationStart, this.end);
    if (destinationEnd < 0) return false;
    this.add(HAS.ports, sourceStart, sourceEnd);
    this.add(0, destinationStart, destinationEnd);
    this.sourcePort = numberAt(bytes, sourceStart, sourceEnd);
    this.destinationPort = numberAt(bytes, destinationStart, destinationEnd);
    return true;
  }

  /** The last time behind the ports; false when it is another time. */
  private takeTimeAgain(bytes: Buffer, timeStart: number, timeEnd: number): boolean {
    const length = timeEnd - timeStart;
    const from = this.behind;
    // As the exporter writes it: the record's last member.
    let name = this.end - 2 - length - TIME.length;
    if (name < from || bytes[this.end - 2] !== QUOTE || !TIME.isAt(bytes, name)) {
      name = -1;
      for (let at = from; at >= 0; ) {
        at = TIME.find(bytes, at, this.end);
        if (at >= 0) name = at++;
      }
    }
    if (name < 0) return true;
    const start = name + TIME.length;
    if (start + length >= this.end || bytes[start + length] !== QUOTE) return false;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== bytes[timeStart + i]) return false;
    this.add(HAS.timeAgain, start, start + length);
    return true;
  }

  /** The calendar is worked out once per minute: lines of one log share it. */
  private readTime(bytes: Buffer, start: number, end: number): boolean {
    const isSame = this.isMinuteKnown && this.isSameMinute(bytes, start, end);
    const rest = isSame ? nanosecondsOfMinute(bytes, start, end) : -1;
    if (rest >= 0) {
      const low = this.minuteLow + rest;
      this.timeHigh = (this.minuteHigh + Math.floor(low / 2 ** 32)) | 0;
      this.timeLow = low | 0;
      return true;
    }
    const time = parseTime(bytes.toString("utf8", start, end));
    if (time === undefined) return false;
    this.timeHigh = Number(time >> 32n);
    this.timeLow = Number(BigInt.asIntN(32, time));
    this.rememberMinute(bytes, start, end, time);
    return true;
  }

  private isSameMinute(bytes: Buffer, start: number, end: number): boolean {
    if (end - start < 20) return false;
    for (let i = 0; i < 17; i++) if (bytes[start + i] !== this.minute[i]) return false;
    return true;
  }

  private rememberMinute(bytes: Buffer, start: number, end: number, time: bigint): void {
    // `YYYY-MM-DDTHH:MM:` and a second of that minute.
    if (end - start < 20 || bytes[start + 16] !== 58) return;
    const rest = nanosecondsOfMinute(bytes, start, end);
    if (rest < 0) return;
    const minute = time - BigInt(rest);
    if (!isWholeMinute(minute)) return;
    this.minute.set(bytes.subarray(start, start + 17));
    this.minuteHigh = Number(minute >> 32n);
    this.minuteLow = Number(BigInt.asUintN(32, minute));
    this.isMinuteKnown = true;
  }
}

/** `SS[.fraction]Z` behind the minute; -1 if it is not of that form. */
function nanosecondsOfMinute(bytes: Buffer, start: number, timeEnd: number): number {
  const end = timeEnd - 1;
  if (bytes[end] !== LETTER_Z) return -1;
  const at = start + 17;
  const tens = (bytes[at] as number) - ZERO;
  const ones = (bytes[at + 1] as number) - ZERO;
  if (tens < 0 || tens > 5 || ones < 0 || ones > 9) return -1;
  const seconds = tens * 10 + ones;
  if (end === at + 2) return seconds * 1e9;
  if (bytes[at + 2] !== POINT || end === at + 3 || end > at + 12) return -1;
  let nanos = 0;
  for (let i = at + 3; i < at + 12; i++) {
    const digit = i < end ? (bytes[i] as number) - ZERO : 0;
    if (digit < 0 || digit > 9) return -1;
    nanos = nanos * 10 + digit;
  }
  return seconds * 1e9 + nanos;
}

/** Place of the closing quote; -1 when it does not come. (A backslash before it: what is cut off is no time then.) */
function endOfText(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at++) if (bytes[at] === QUOTE) return at;
  return -1;
}

/** Behind a whole number of at most nine digits, as JSON writes it; -1 when there is none. */
function endOfNumber(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end, start + 9);
  let at = start;
  while (at < limit && (bytes[at] as number) >= ZERO && (bytes[at] as number) <= ZERO + 9) at++;
  // No leading zero. What follows stays where it is, and is compared with what followed in the earlier record.
  return at > start && (bytes[start] !== ZERO || at === start + 1) ? at : -1;
}

function numberAt(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + (bytes[at] as number) - ZERO;
  return value;
}

/** 32 bits of two groups of four hexadecimal digits. */
function word(bytes: Uint8Array, first: number, second: number): number {
  return (four(bytes, first) << 16) | four(bytes, second);
}

function four(bytes: Uint8Array, at: number): number {
  return (
    ((DIGIT[bytes[at] as number] as number) << 12) |
    ((DIGIT[bytes[at + 1] as number] as number) << 8) |
    ((DIGIT[bytes[at + 2] as number] as number) << 4) |
    (DIGIT[bytes[at + 3] as number] as number)
  );
}

/** Of a uuid whose dashes are where they belong: the rest must be digits. */
function isHexadecimal(bytes: Uint8Array, start: number): boolean {
  let seen = 0;
  for (let at = 0; at < 36; at++) {
    if (at === 8 || at === 13 || at === 18 || at === 23) continue;
    seen |= DIGIT[bytes[start + at] as number] as number;
  }
  return seen < 16;
}

/** The 16 bytes of a usual uuid. */
export function packUuid(bytes: Uint8Array, start: number, into: Uint8Array, at: number): void {
  let digit = start;
  for (let byte = 0; byte < 16; byte++) {
    if (byte === 4 || byte === 6 || byte === 8 || byte === 10) digit++;
    const high = DIGIT[bytes[digit] as number] as number;
    into[at + byte] = (high << 4) | (DIGIT[bytes[digit + 1] as number] as number);
    digit += 2;
  }
}
