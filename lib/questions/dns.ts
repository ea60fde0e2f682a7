/** DNS by response code, name, client, server, node, type or answers: questions, answers, errors, silence, latency. */

import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import type { DnsAnswer, DnsCounts } from "./dns-answers";
import type { DnsBy } from "./dns-by";
import { addUp, type Distinct, GroupReader, type Tally } from "./dns-groups";
import { keyOf, rcodeName } from "./dns-keys";
import { latencyOf } from "./dns-parts";
import { dnsMeta, summedExchanges } from "./dns-scope";
import { keyFilter } from "./dns-terms";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";

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
    tabulate(capture, new GroupReader(capture, by, summedExchanges(capture, scope.value)), by, limit),
  );
  return ok({ meta: dnsMeta(capture), ...answer });
}

function tabulate(
  capture: OpenCapture,
  reader: GroupReader,
  by: DnsBy,
  limit: number,
): Omit<DnsAnswer, "meta"> {
  const { groups, whole } = reader.read();
  const [listed, others] = [groups.slice(0, limit), groups.slice(limit)];
  const all = addUp(groups);
  const { nameless, namelessResponses, unpaired, unasked } = all.sums;
  const { secondHops, ...distinct } = whole;
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
