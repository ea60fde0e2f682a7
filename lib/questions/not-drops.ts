/**
 * What is not counted as a drop though it looks like one: events of policies in audit mode, which passed and would be dropped if
 * they were enforced; and records with verdict DROPPED that lost nothing.
 */

import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import type { SqlValue } from "@/lib/capture/driver";
import { countedFlows } from "@/lib/capture/rolled-flows";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import { MARK, NOT_LOST } from "@/lib/capture/sum-tables";
import { type SummedRows, summedRows } from "@/lib/capture/summed";
import { DROP_REASON, enumNumber } from "@/lib/flow/enums";
import { type DropPolicy, denyingPolicies } from "@/lib/insight/causes/drop-key";
import { formatFilter, makeTerm, type Term } from "@/lib/scope/filter";
import type { NotDropKind, NotDropsAnswer } from "./answers-drops";
import { reasonTerm } from "./drop-terms";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters } from "./scope-parameters";

export interface NotDropsParameters extends ScopeParameters {
  readonly kind: NotDropKind;
  readonly limit: number;
  readonly skip?: number;
}

const KIND_TERMS: Readonly<Record<NotDropKind, Term>> = {
  audited: makeTerm("verdict", [{ type: "enum", name: "AUDIT" }]),
  "not-a-loss": makeTerm("not-a-loss", [{ type: "word", word: "yes" }]),
};

type Row = NotDropsAnswer["rows"][number];

export function readNotDrops(
  capture: OpenCapture,
  parameters: NotDropsParameters,
): Result<NotDropsAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { kind, limit, skip = 0 } = parameters;
  const compiled = compileScope(capture.database, scope.value);
  const groups = readGroups(capture, compiled, kind);
  const rows = new Map<string, Row>();
  const policies = new Map<string, Map<string, DropPolicy>>();
  for (const [client, server, port, protocol, direction, reason, policiesId, events, first, last] of groups) {
    const key = {
      client: textOf(client),
      server: textOf(server),
      port: port === null ? null : Number(port),
      protocol: textOf(protocol),
      direction: String(direction),
      reason: kind === "audited" ? null : textOf(reason),
    };
    const text = JSON.stringify(key);
    const row = rows.get(text) ?? emptyRow(kind, key);
    rows.set(text, {
      ...row,
      events: row.events + Number(events),
      first: earlier(row.first, first),
      last: later(row.last, last),
    });
    const named = policies.get(text) ?? new Map<string, DropPolicy>();
    policies.set(text, named);
    for (const policy of denyingPolicies(readText(capture, policiesId), key.direction))
      named.set(JSON.stringify(policy), policy);
  }
  const sorted = [...rows]
    .map(([text, row]) => ({ ...row, policies: [...(policies.get(text)?.values() ?? [])] }))
    .sort((a, b) => b.events - a.events || (a.filter < b.filter ? -1 : 1));
  const sum = (list: readonly Row[]) => list.reduce((total, { events }) => total + events, 0);
  const folded = [...sorted.slice(0, skip), ...sorted.slice(skip + limit)];
  return ok({
    meta: capture.meta("events"),
    total: sum(sorted),
    rows: sorted.slice(skip, skip + limit),
    folded: { rows: folded.length, events: sum(folded) },
  });
}

/** By who talked to whom and why: from a roll-up, with the policies that their records name, else from the flows. */
function readGroups({ database }: OpenCapture, scope: CompiledScope, kind: NotDropKind): SqlValue[][] {
  const flows = countedFlows(database, scope, { reads: "f.pairId f.kindId" });
  const marked = summedRows(database, scope, "MarkedSum", { reads: "f.pairId f.kindId f.policiesId" });
  const isOfKind = `f.kindId IN (SELECT k.id FROM Kind k WHERE ${NOT_LOST[kind]})`;
  const ask = (columns: string, { from, parameters, where }: Source, only: string): SqlValue[][] =>
    database
      .prepareExact(
        `SELECT c.workloadKey, s.workloadKey, p.serverPort, k.protocol, k.trafficDirection, k.dropReason, ${columns}
         FROM ${from} CROSS JOIN Kind k ON k.id = f.kindId LEFT JOIN Pair p ON p.id = f.pairId LEFT JOIN Actor c ON c.id = p.clientId
           LEFT JOIN Actor s ON s.id = p.serverId
         WHERE ${isOfKind} AND ${only} AND ${where.sql} GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(f.events) > 0`,
      )
      .rows([...parameters, ...where.parameters]);
  if (!flows.isRolledUp || !marked.isSummed)
    return ask(
      "f.policiesId, sum(f.events), min(f.timeNs), max(f.timeNs)",
      { from: "Flow f", parameters: [], where: scope },
      "1",
    );
  return [
    ...ask("NULL, sum(f.events), min(f.firstNs), max(f.lastNs)", flows, "1"),
    ...ask("f.policiesId, 0, NULL, NULL", marked, `f.mark = ${MARK.notLost}`),
  ];
}

type Source = Pick<SummedRows, "from" | "parameters" | "where">;

function emptyRow(kind: NotDropKind, key: Row["key"]): Row {
  const code = key.reason === null ? undefined : enumNumber(DROP_REASON, key.reason);
  return {
    key,
    code: code === undefined || code < 0 ? null : code,
    events: 0,
    first: null,
    last: null,
    policies: [],
    filter: formatFilter({ terms: [KIND_TERMS[kind], ...termsOf(kind, key)] }),
  };
}

function termsOf(
  kind: NotDropKind,
  { client, server, port, protocol, direction, reason }: Row["key"],
): Term[] {
  const end = (name: "client" | "server", key: string | null): Term[] =>
    key === null ? [] : [makeTerm(name, [{ type: "actor", key: [key], level: "workload" }])];
  const isPlaced = client !== null;
  return [
    ...(isPlaced ? end("client", client) : [makeTerm("client", [{ type: "unknown" }])]),
    ...(isPlaced ? end("server", server) : []),
    ...(isPlaced
      ? [makeTerm("server-port", [port === null ? { type: "none" } : { type: "port", port }])]
      : []),
    protocolTerm(protocol),
    makeTerm("traffic-direction", [
      direction === "TRAFFIC_DIRECTION_UNKNOWN" ? { type: "unknown" } : { type: "enum", name: direction },
    ]),
    ...(kind === "audited" ? [] : [reasonTerm(reason)]),
  ];
}

const WORDS = ["tcp", "udp", "sctp", "icmpv4", "icmpv6", "vrrp", "igmp"] as const;

function protocolTerm(protocol: string | null): Term {
  const word = WORDS.find((one) => one === protocol?.toLowerCase());
  return makeTerm(
    "protocol",
    word === undefined ? [{ type: "unknown" }, { type: "none" }] : [{ type: "word", word }],
  );
}

function readText(capture: OpenCapture, id: unknown): string | null {
  if (typeof id !== "bigint") return null;
  const row = capture.database.prepare("SELECT value FROM Text WHERE id = ?").get([Number(id)]);
  return row === undefined ? null : String(row.value);
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** Times have one form, so that their texts are in the order of time. */
function earlier(time: string | null, ns: unknown): string | null {
  if (typeof ns !== "bigint") return time;
  const text = formatTime(ns);
  return time === null || text < time ? text : time;
}

function later(time: string | null, ns: unknown): string | null {
  if (typeof ns !== "bigint") return time;
  const text = formatTime(ns);
  return time === null || text > time ? text : time;
}
