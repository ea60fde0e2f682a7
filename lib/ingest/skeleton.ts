/**
 * Records that differ from an earlier one only in their time, uuid and ports.
 *
 * Most lines of a log are such: the same two pods, the same kind of event. What is left of the text when
 * those values are cut out, the skeleton, is looked up; when it is known, so is everything that the earlier
 * record was decoded to, and only the cut values are read. That costs a fifth of parsing and normalising.
 *
 * The answer is the same as decoding in full. Why: two texts with the same skeleton and the cuts in the same
 * places are the same JSON but for the cut values, because these hold no quotes and no backslashes. And
 * a skeleton is learned only where each cut is certain to be the flow's own member: its name stands
 * once in the text, the decoded flow has the value, and no name is spelled with escapes. Anything else is
 * decoded in full. The test of this module holds both ways against each other.
 */

import { uuidHash } from "@/lib/base/hash";
import { parseTime } from "@/lib/base/time";
import type { Flow } from "@/lib/flow/flow";
import type { FlowIds } from "./pack";

/** Characters of skeletons kept per decoder; beyond it all are forgotten. */
const KEPT_CHARS = 12_000_000;

export interface CutRecord {
  /** What stands between time or uuid and the source port: verdict and addresses. Quick to look up. */
  readonly head: string;
  /** The other texts between the cuts, in order. */
  readonly rest: readonly string[];
  readonly timeNs: bigint;
  /** How often the time was cut out: 2 when an envelope repeats it. */
  readonly times: 1 | 2;
  readonly uuid: string | undefined;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

const TIME = '"time":"';
const UUID = '"uuid":"';
const SOURCE_PORT = '"source_port":';
const DESTINATION_PORT = '"destination_port":';
/** Written behind the time in every flow of Hubble 1.14 and later, and nowhere else in a record. */
const UUID_WITHIN = 60;

/**
 * Cuts a record's values out, in the order in which Hubble writes them; undefined when it is not such a record.
 *
 * HTTP records are left alone: request ids, lengths and latencies make each of them different.
 */
export function cutRecord(text: string): CutRecord | undefined {
  const timeAt = text.indexOf(TIME);
  if (timeAt < 0 || text.includes('"http":')) return undefined;
  const timeStart = timeAt + TIME.length;
  const timeEnd = text.indexOf('"', timeStart);
  const time = text.slice(timeStart, timeEnd);
  const timeNs = parseTime(time);
  if (timeNs === undefined) return undefined;
  const uuid = uuidBehind(text, timeEnd);
  const headStart = uuid?.end ?? timeEnd;
  const source = numberBehind(text, SOURCE_PORT, headStart);
  if (source === undefined) return undefined;
  const destination = numberBehind(text, DESTINATION_PORT, source.end);
  if (destination === undefined) return undefined;
  const again = timeAgain(text, destination.end, time);
  if (again === undefined) return undefined;
  return {
    head: text.slice(headStart, source.start),
    rest: [
      text.slice(0, timeStart),
      text.slice(timeEnd, uuid?.start ?? timeEnd),
      text.slice(source.end, destination.start),
      text.slice(destination.end, again),
      text.slice(again === text.length ? again : again + time.length),
    ],
    timeNs,
    times: again === text.length ? 1 : 2,
    uuid: uuid === undefined ? undefined : text.slice(uuid.start, uuid.end),
    sourcePort: source.value,
    destinationPort: destination.value,
  };
}

/** The uuid that follows the time closely. (A uuid elsewhere stays in the skeleton.) */
function uuidBehind(text: string, from: number): { start: number; end: number } | undefined {
  const marker = text.slice(from, from + UUID_WITHIN).indexOf(UUID);
  if (marker < 0) return undefined;
  const start = from + marker + UUID.length;
  const end = text.indexOf('"', start);
  return PLAIN_UUID.test(text.slice(start, end)) ? { start, end } : undefined;
}

/** Nothing that JSON would refuse, or read as something else. */
const PLAIN_UUID = /^[0-9A-Za-z-]{1,64}$/;

/** A whole number of at most nine digits behind a name, as JSON writes it. */
function numberBehind(
  text: string,
  name: string,
  from: number,
): { start: number; end: number; value: number } | undefined {
  const found = text.indexOf(name, from);
  if (found < 0) return undefined;
  const start = found + name.length;
  let end = start;
  let value = 0;
  for (; end - start < 9; end++) {
    const digit = text.charCodeAt(end) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    value = value * 10 + digit;
  }
  // No leading zero. What follows stays in the skeleton, and so is what followed in the earlier record.
  const isNumber = end > start && (text.charCodeAt(start) !== 48 || end === start + 1);
  return isNumber ? { start, end, value } : undefined;
}

/** Start of the envelope's time, which repeats the flow's; the end when there is none; undefined when it is another time. */
function timeAgain(text: string, from: number, time: string): number | undefined {
  const found = text.lastIndexOf(TIME);
  if (found < from) return text.length;
  const start = found + TIME.length;
  return text.startsWith(time, start) && text.charCodeAt(start + time.length) === 34 ? start : undefined;
}

interface Known {
  readonly rest: readonly string[];
  readonly ids: FlowIds;
}

/** Skeletons that share a head and are compared one by one; more are not kept. */
const PER_HEAD = 64;

export class Skeletons {
  private readonly known = new Map<string, Known[]>();
  private chars = 0;
  private asked = 0;
  private found = 0;
  private resting = 0;

  /** False for a while when hardly any record is like an earlier one: then looking only costs. */
  isWorthIt(): boolean {
    if (this.resting === 0) return true;
    this.resting--;
    return false;
  }

  find(cut: CutRecord): FlowIds | undefined {
    if (++this.asked === 8192) this.takeStock();
    const ids = this.known.get(cut.head)?.find(({ rest }) => sameTexts(rest, cut.rest))?.ids;
    if (ids !== undefined) this.found++;
    return ids;
  }

  private takeStock(): void {
    if (this.found < 2048) this.resting = 65_536;
    this.asked = 0;
    this.found = 0;
  }

  /** Remembers what a record was decoded to, if each cut is certain to be the flow's own member. */
  learn(text: string, cut: CutRecord, flow: Flow, ids: FlowIds): void {
    if (!isCertain(text, cut, flow)) return;
    if (this.chars > KEPT_CHARS) this.clear();
    const siblings = this.known.get(cut.head);
    if (siblings !== undefined && siblings.length >= PER_HEAD) return;
    this.chars += text.length;
    if (siblings === undefined) this.known.set(cut.head, [{ rest: cut.rest, ids }]);
    else siblings.push({ rest: cut.rest, ids });
  }

  /** The ids of the dictionaries begin anew. */
  clear(): void {
    this.known.clear();
    this.chars = 0;
  }
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function isCertain(text: string, cut: CutRecord, flow: Flow): boolean {
  return (
    // A name spelled with escapes, or in the other spelling, could be a second of its kind.
    !text.includes("\\u") &&
    !/"(sourcePort|destinationPort)"/.test(text) &&
    flow.timeNs === cut.timeNs &&
    countOf(text, '"time"') === cut.times &&
    flow.l7?.latencyNs === undefined &&
    // A uuid that was not cut differs from record to record all the same: it is the identity.
    (cut.uuid !== undefined || flow.uuid === undefined) &&
    isMember(text, '"uuid"', cut.uuid, flow.uuid) &&
    isMember(text, '"source_port"', cut.sourcePort, flow.l4?.sourcePort) &&
    isMember(text, '"destination_port"', cut.destinationPort, flow.l4?.destinationPort)
  );
}

/** What was cut is what the flow has, and the name stands once (with a blank behind it too); what was not cut stays in the skeleton. */
function isMember(
  text: string,
  name: string,
  cut: string | number | undefined,
  has: string | number | undefined,
): boolean {
  if (cut === undefined) return true;
  return cut === has && countOf(text, name) === 1;
}

function countOf(text: string, name: string): number {
  let count = 0;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) count++;
  return count;
}

/** 64 bits of the record's identity, when it has a uuid. */
export function identityOf(cut: CutRecord): bigint | undefined {
  return cut.uuid === undefined ? undefined : uuidHash(cut.uuid);
}
