/**
 * Cuts out of a record's bytes what differs between records that are otherwise alike: time, uuid and ports, in the order in
 * which Hubble writes them. No text is made, nothing is allocated: a log has millions of records.
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

/** The places of the cuts, within the bytes that were given, and the values. One is used for all records. */
export class Cut {
  start = 0;
  end = 0;
  timeStart = 0;
  timeEnd = 0;
  /** Start and end are the same, behind the time, when no uuid was cut out. */
  uuidStart = 0;
  uuidEnd = 0;
  /** Start and end of both ports are the same, behind time or uuid, when there are none. */
  sourceStart = 0;
  sourceEnd = 0;
  destinationStart = 0;
  destinationEnd = 0;
  /** The envelope's time, which repeats the flow's; the end of the record when there is none. */
  againStart = 0;
  againEnd = 0;
  hasUuid = false;
  hasPorts = false;
  sourcePort = 0;
  destinationPort = 0;
  /** Halves of the time in nanoseconds, and of 64 bits of the uuid. */
  timeHigh = 0;
  timeLow = 0;
  uuidHigh = 0;
  uuidLow = 0;
  private readonly minute = new Uint8Array(17);
  private minuteHigh = 0;
  /** Unsigned. */
  private minuteLow = 0;
  private isMinuteKnown = false;

  get hasTimeAgain(): boolean {
    return this.againStart < this.againEnd;
  }

  get timeNs(): bigint {
    return (BigInt(this.timeHigh) << 32n) | BigInt(this.timeLow >>> 0);
  }

  /** False when the record is not written as Hubble writes it: it is to be decoded in full. */
  take(bytes: Buffer, start: number, end: number): boolean {
    this.start = start;
    this.end = end;
    const name = TIME.find(bytes, start, end);
    if (name < 0) return false;
    this.timeStart = name + TIME.length;
    this.timeEnd = endOfText(bytes, this.timeStart, Math.min(end, this.timeStart + LONGEST_TIME));
    if (this.timeEnd < 0 || !this.readTime(bytes)) return false;
    this.takeUuid(bytes);
    return this.takePorts(bytes) && this.takeTimeAgain(bytes);
  }

  /** The uuid that follows the time closely. (A uuid elsewhere stays where it is.) */
  private takeUuid(bytes: Buffer): void {
    this.hasUuid = false;
    this.uuidStart = this.timeEnd;
    this.uuidEnd = this.timeEnd;
    const name = UUID.find(bytes, this.timeEnd, Math.min(this.end, this.timeEnd + UUID_WITHIN));
    if (name < 0) return;
    const start = name + UUID.length;
    let end = start;
    while (end < this.end && IN_UUID[bytes[end] as number] === 1) end++;
    if (end === start || end - start > LONGEST_UUID || end >= this.end || bytes[end] !== QUOTE) return;
    this.hasUuid = true;
    this.uuidStart = start;
    this.uuidEnd = end;
    if (!this.foldUuid(bytes)) {
      const hash = hash64(bytes.subarray(start, end));
      this.uuidHigh = Number(hash >> 32n);
      this.uuidLow = Number(BigInt.asIntN(32, hash));
    }
  }

  /** As uuidHash of lib/base/hash.ts does it; false when it is not spelled in the usual way. */
  private foldUuid(bytes: Buffer): boolean {
    const { uuidStart: at } = this;
    if (this.uuidEnd - at !== 36) return false;
    if (bytes[at + 8] !== 45 || bytes[at + 13] !== 45 || bytes[at + 18] !== 45 || bytes[at + 23] !== 45)
      return false;
    if (!isHexadecimal(bytes, at)) return false;
    this.uuidHigh = word(bytes, at, at + 4) ^ word(bytes, at + 19, at + 24);
    this.uuidLow = word(bytes, at + 9, at + 14) ^ word(bytes, at + 28, at + 32);
    return true;
  }

  private takePorts(bytes: Buffer): boolean {
    const from = this.uuidEnd;
    const name = SOURCE_PORT.find(bytes, from, this.end);
    this.hasPorts = name >= 0;
    if (!this.hasPorts) {
      this.sourceStart = this.sourceEnd = this.destinationStart = this.destinationEnd = from;
      return true;
    }
    this.sourceStart = name + SOURCE_PORT.length;
    this.sourceEnd = endOfNumber(bytes, this.sourceStart, this.end);
    if (this.sourceEnd < 0) return false;
    const other = DESTINATION_PORT.find(bytes, this.sourceEnd, this.end);
    if (other < 0) return false;
    this.destinationStart = other + DESTINATION_PORT.length;
    this.destinationEnd = endOfNumber(bytes, this.destinationStart, this.end);
    if (this.destinationEnd < 0) return false;
    this.sourcePort = numberAt(bytes, this.sourceStart, this.sourceEnd);
    this.destinationPort = numberAt(bytes, this.destinationStart, this.destinationEnd);
    return true;
  }

  /** The last time behind the ports; false when it is another time. */
  private takeTimeAgain(bytes: Buffer): boolean {
    const length = this.timeEnd - this.timeStart;
    // As the exporter writes it: the record's last member.
    let name = this.end - 2 - length - TIME.length;
    if (name < this.destinationEnd || bytes[this.end - 2] !== QUOTE || !TIME.isAt(bytes, name)) {
      name = -1;
      for (let at = this.destinationEnd; at >= 0; ) {
        at = TIME.find(bytes, at, this.end);
        if (at >= 0) name = at++;
      }
    }
    this.againStart = this.againEnd = this.end;
    if (name < 0) return true;
    const start = name + TIME.length;
    if (start + length >= this.end || bytes[start + length] !== QUOTE) return false;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== bytes[this.timeStart + i]) return false;
    this.againStart = start;
    this.againEnd = start + length;
    return true;
  }

  /** The calendar is worked out once per minute: lines of one log share it. */
  private readTime(bytes: Buffer): boolean {
    const rest = this.isMinuteKnown && this.isSameMinute(bytes) ? this.nanosecondsOfMinute(bytes) : -1;
    if (rest >= 0) {
      const low = this.minuteLow + rest;
      this.timeHigh = (this.minuteHigh + Math.floor(low / 2 ** 32)) | 0;
      this.timeLow = low | 0;
      return true;
    }
    const time = parseTime(bytes.toString("utf8", this.timeStart, this.timeEnd));
    if (time === undefined) return false;
    this.timeHigh = Number(time >> 32n);
    this.timeLow = Number(BigInt.asIntN(32, time));
    this.rememberMinute(bytes, time);
    return true;
  }

  private isSameMinute(bytes: Buffer): boolean {
    if (this.timeEnd - this.timeStart < 20) return false;
    for (let i = 0; i < 17; i++) if (bytes[this.timeStart + i] !== this.minute[i]) return false;
    return true;
  }

  private rememberMinute(bytes: Buffer, time: bigint): void {
    // `YYYY-MM-DDTHH:MM:` and a second of that minute.
    if (this.timeEnd - this.timeStart < 20 || bytes[this.timeStart + 16] !== 58) return;
    const rest = this.nanosecondsOfMinute(bytes);
    if (rest < 0) return;
    const minute = time - BigInt(rest);
    if (!isWholeMinute(minute)) return;
    this.minute.set(bytes.subarray(this.timeStart, this.timeStart + 17));
    this.minuteHigh = Number(minute >> 32n);
    this.minuteLow = Number(BigInt.asUintN(32, minute));
    this.isMinuteKnown = true;
  }

  /** `SS[.fraction]Z` behind the minute; -1 if it is not of that form. */
  private nanosecondsOfMinute(bytes: Buffer): number {
    const end = this.timeEnd - 1;
    if (bytes[end] !== LETTER_Z) return -1;
    const at = this.timeStart + 17;
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
