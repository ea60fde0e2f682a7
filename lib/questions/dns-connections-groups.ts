/** Groups of connections behind DNS answers, as they are read and as answers show them. */

import { formatTime } from "@/lib/base/time";
import type { SqlValue } from "@/lib/capture/driver";
import { OUTCOME } from "@/lib/insight/outcome";
import type { ConnectionWord } from "@/lib/scope/outcome-kinds";
import type { DnsConnectionsAnswer } from "./dns-connections-answer";

type Attempts = DnsConnectionsAnswer["missing"]["rows"][number];
export type Counted = Pick<Attempts, "attempts" | "outcomes" | "first" | "last" | "example">;

/** By the number of the outcome. */
export const WORDS: readonly (readonly [number, ConnectionWord])[] = [
  [OUTCOME.answered, "answered"],
  [OUTCOME.refused, "refused"],
  [OUTCOME.droppedEgress, "dropped-at-client"],
  [OUTCOME.droppedIngress, "dropped-at-server"],
  [OUTCOME.dropped, "dropped-somewhere"],
  [OUTCOME.noReply, "no-reply"],
  [OUTCOME.gap, "gap"],
  [OUTCOME.open, "open"],
  [OUTCOME.unknowable, "unknowable"],
];

export interface Group extends Counted {
  readonly keys: readonly SqlValue[];
  readonly sums: readonly SqlValue[];
}

export function keyOf(firstNs: SqlValue | undefined, keys: readonly SqlValue[]): string {
  return JSON.stringify([String(firstNs), ...keys.map(String)]);
}

export function toGroup(
  row: readonly SqlValue[],
  keyCount: number,
  examples: ReadonlyMap<string, string>,
): Group {
  const [attempts, firstNs, lastNs, ...rest] = row;
  const outcomes = WORDS.flatMap(([, word], at) => {
    const n = Number(rest[at] ?? 0);
    return n === 0 ? [] : [[word, n]];
  });
  const keys = rest.slice(WORDS.length, WORDS.length + keyCount);
  return {
    attempts: Number(attempts ?? 0),
    outcomes: Object.fromEntries(outcomes) as Counted["outcomes"],
    first: typeof firstNs === "bigint" ? formatTime(firstNs) : null,
    last: typeof lastNs === "bigint" ? formatTime(lastNs) : null,
    example: examples.get(keyOf(firstNs, keys)) ?? null,
    keys,
    sums: rest.slice(WORDS.length + keyCount, -2),
  };
}

export function countedOf(group: Group | undefined): Counted {
  if (group === undefined) return { attempts: 0, outcomes: {}, first: null, last: null, example: null };
  const { attempts, outcomes, first, last, example } = group;
  return { attempts, outcomes, first, last, example };
}

export function lookupsOf([fresh, expired, undated]: readonly SqlValue[]): {
  fresh: number;
  expired: number;
  undated: number;
} {
  return { fresh: Number(fresh ?? 0), expired: Number(expired ?? 0), undated: Number(undated ?? 0) };
}

export function numberOf(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

export function textOf(value: SqlValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}
