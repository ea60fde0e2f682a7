/** DNS by response code, name, client, server, node, type or answers: questions, answers, errors, silence, latency. */

import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import { DNS_RCODE, enumName } from "@/lib/flow/enums";
import type { DnsAnswer, DnsCounts, DnsKey } from "./dns-answers";
import { addUp, type Distinct, GroupReader, type Key, type Tally } from "./dns-groups";
import { latencyOf, readWorkload } from "./dns-parts";
import { dnsMeta, exchangesInScope } from "./dns-scope";
import { keyFilter } from "./dns-terms";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";

export const DNS_BY = [
  "rcode",
  "query",
  "root",
  "client",
  "pod",
  "server",
  "node",
  "qtype",
  "answers",
] as const;
export type DnsBy = (typeof DNS_BY)[number];

export interface DnsParameters extends ScopeParameters {
  readonly by: DnsBy;
  /** Rows at most; the rest is folded into one. */
  readonly limit: number;
}

export function readDns(capture: OpenCapture, parameters: DnsParameters): Result<DnsAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { by, limit } = parameters;
  const answer = capture.keep(`dns ${by} ${limit} ${scopeKey(parameters)}`, () =>
    tabulate(capture, new GroupReader(capture, by, exchangesInScope(capture, scope.value)), by, limit),
  );
  return ok({ meta: dnsMeta(capture), ...answer });
}

function tabulate(
  capture: OpenCapture,
  reader: GroupReader,
  by: DnsBy,
  limit: number,
): Omit<DnsAnswer, "meta"> {
  const groups = reader.readGroups();
  const [listed, others] = [groups.slice(0, limit), groups.slice(limit)];
  const all = addUp(groups);
  const { nameless, namelessResponses, unpaired, unasked } = all.sums;
  const { secondHops, ...distinct } = reader.readDistinct();
  return {
    total: {
      ...toCounts(all, distinct),
      ...{ nameless, namelessResponses, unpaired, unasked, secondHops },
    },
    rows: listed.map((group) => {
      const key = keyOf(capture, by, group.key);
      return { key, filter: keyFilter(key), ...toCounts(group, group) };
    }),
    folded:
      others.length === 0
        ? null
        : {
            rows: others.length,
            ...toCounts(addUp(others), reader.readDistinctBeside(listed.map(({ key }) => key))),
          },
  };
}

function toCounts({ sums, errors, latency, ...times }: Tally, { clients, names }: Distinct): DnsCounts {
  const { queries, responses, unanswered, open, refused, retries, expansion, noData } = sums;
  return {
    ...{ queries, responses, unanswered, open, refused, retries, expansion, noData, clients, names },
    errors: Object.fromEntries(
      [...errors].sort(([a], [b]) => a - b).map(([code, n]) => [rcodeName(code), n]),
    ),
    latencyNs: latencyOf(latency),
    first: timeText(times.firstNs),
    last: timeText(times.lastNs),
    lastError: timeText(times.lastErrorNs),
  };
}

function timeText(ns: bigint | undefined): string | null {
  return ns === undefined ? null : formatTime(ns);
}

function rcodeName(code: number): string {
  return enumName(DNS_RCODE, code);
}

function keyOf(capture: OpenCapture, by: DnsBy, key: Key): DnsKey {
  switch (by) {
    case "rcode": {
      const code = Number(key);
      return code < 0 ? { rcode: null, name: null } : { rcode: code, name: rcodeName(code) };
    }
    case "query": {
      const text = capture.database.prepare("SELECT value FROM Text WHERE id = ?").get([key]);
      return { query: text === undefined ? null : String(text.value) };
    }
    case "root":
      return { root: key === "" ? null : String(key) };
    case "pod":
      return { pod: String(key) };
    case "node":
      return { node: key === "" ? null : String(key) };
    case "qtype":
      return { qtype: key === "" ? null : String(key) };
    case "answers":
      return { answers: Number(key) < 0 ? null : Number(key) };
    case "client":
      return { client: readWorkload(capture, String(key)) };
    case "server":
      return { server: readWorkload(capture, String(key)) };
  }
}
