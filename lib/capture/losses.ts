/** Stretches of time in which a node lost events, as its log tells. */

import { parseTime } from "@/lib/base/time";
import type { Sqlite } from "./driver";
import { readRaw } from "./raw";

interface Stretch {
  readonly fromNs: bigint;
  toNs: bigint;
}

/** Stretches of the nodes, in order, those that touch each other joined. */
export class Losses {
  private readonly ofNode = new Map<string | null, Stretch[]>();

  /** True when events of the node were lost within the two times, or of a node that was left out. */
  touch(node: string | null, from: bigint, to: bigint): boolean {
    if (node === null) return [...this.ofNode.values()].some((list) => isTouched(list, from, to));
    return [node, null].some((name) => isTouched(this.ofNode.get(name) ?? [], from, to));
  }

  /** Stretches must come by their beginnings. */
  add(node: string | null, fromNs: bigint, toNs: bigint): void {
    const list = this.ofNode.get(node) ?? [];
    this.ofNode.set(node, list);
    const last = list.at(-1);
    if (last === undefined || last.toNs < fromNs) list.push({ fromNs, toNs });
    else if (toNs > last.toNs) last.toNs = toNs;
  }
}

function isTouched(list: readonly Stretch[], from: bigint, to: bigint): boolean {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as Stretch).toNs < from) low = middle + 1;
    else high = middle;
  }
  const found = list[low];
  return found !== undefined && found.fromNs <= to;
}

/** Losses whose own range is read from their record, of captures that do not keep it beside; of more, only the instant at which they were told counts. */
const READ_IN_FULL = 2000;

export function readLosses(database: Sqlite): Losses {
  const told = database
    .prepareExact(
      `SELECT r.id, r.timeNs, o.nodeName, r.lostFromNs, r.lostToNs FROM OtherRecord r JOIN Observer o ON o.id = r.observerId
       WHERE r.kind = 'lost_events' AND r.duplicate = 0 AND r.timeNs IS NOT NULL ORDER BY r.timeNs, r.hash, r.occurrence`,
    )
    .rows([])
    .map(([id, time, node, first, last], i) => {
      const kept =
        first === null || last === null ? undefined : { from: first as bigint, to: last as bigint };
      const range = kept ?? (i < READ_IN_FULL ? rangeOf(database, Number(id)) : undefined);
      const [from, to] = [range?.from ?? (time as bigint), range?.to ?? (time as bigint)];
      return { node: node === null ? null : String(node), from, to };
    });
  told.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const losses = new Losses();
  for (const { node, from, to } of told) losses.add(node, from, to);
  return losses;
}

/** `first` and `last` of the message (since Hubble 1.19), where it stands as it is: an older version did not keep them beside. */
function rangeOf(database: Sqlite, rowId: number): { from: bigint; to: bigint } | undefined {
  const text = readRaw(database, rowId)?.bytes.toString("utf8") ?? "";
  const document = jsonOf(text.slice(Math.max(0, text.indexOf("{"))));
  const lost = memberOf(document, "lost_events") ?? memberOf(document, "lostEvents") ?? document;
  const [first, last] = [memberOf(lost, "first"), memberOf(lost, "last")];
  const from = typeof first === "string" ? parseTime(first) : undefined;
  const to = typeof last === "string" ? parseTime(last) : undefined;
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** Undefined when it is none: what a log puts around a record may be anything. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
