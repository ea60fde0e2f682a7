/** What settles around a few added flows is what settles when all is settled from nothing. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Sqlite, SqlValue } from "@/lib/capture/driver";
import { addedUp } from "@/lib/capture/flow-buckets";
import { listedPorts } from "@/lib/capture/port-counts";
import { ROLL_UP } from "@/lib/capture/roll-up-levels";
import { WHOLE_CAPTURE } from "@/lib/capture/scope-sql";
import { settleAddedFiles } from "@/lib/capture/settle";
import { rowRange } from "@/lib/capture/settle/records";
import { isSmallAddition } from "@/lib/capture/settle/settle-addition";
import { TestCapture } from "@/lib/jobs/testing";
import { generateLogs, type Log, linesOf, REAL_LOGS, textOf } from "./captures";

const pair = (alias: string): string =>
  `${alias}.sourceId, ${alias}.destinationId, ${alias}.clientSide, ${alias}.clientBy, ${alias}.serverPort, ${alias}.protocol`;

/** Numbers of a list in their order, each with how often: how the list is filled is in none. */
function inOrder(list: string): string {
  const counts = new Map<number, number>();
  for (const [code] of list.matchAll(/[?-~]{2}|[\d:]+/g)) {
    const [number = 0, n = 1] = /[?-~]/.test(code)
      ? [(code.charCodeAt(0) - 63) * 64 + code.charCodeAt(1) - 63]
      : code.split(":").map(Number);
    counts.set(number, (counts.get(number) ?? 0) + n);
  }
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([number, n]) => `${number}:${n}`)
    .join();
}

/** The same of lists by place. */
function byPlace(lists: string): string {
  const places = new Map<string, string>();
  for (const [place = "", list = ""] of lists.split(";").map((one) => one.split("=")))
    places.set(place, (places.get(place) ?? "") + list);
  return [...places]
    .map(([place, list]) => `${place}=${inOrder(list)}`)
    .sort()
    .join(";");
}

/** Where the last columns are lists. */
const LISTS: Readonly<Record<string, readonly ((list: string) => string)[]>> = {
  AttemptSum: [inOrder, inOrder],
  RequestSum: [inOrder, inOrder],
  DnsSum: [inOrder, inOrder, byPlace],
};

function written(name: string, row: readonly SqlValue[]): string {
  const lists = LISTS[name] ?? [];
  const first = row.length - lists.length;
  return row
    .map((value, at) => (typeof value === "string" ? (lists[at - first]?.(value) ?? value) : value))
    .join(" | ");
}

/** A table of sums. */
function sums(table: string, columns: string, ...lists: readonly string[]): string {
  const more = lists.map((list) => `, s.${list}`).join("");
  return `SELECT level, bucketNs, kindId, observerId, ${pair("p")}, s.sourceId, s.destinationId, ${columns}${more}
    FROM ${table} s JOIN Pair p ON p.id = s.pairId`;
}

/** Groups of DNS exchanges that are alike count together. */
const DNS_SUMS = `SELECT level, bucketNs, kindId, observerId, pair, sides, answerId, asIs, isFirst, answerKindId, answerObserverId, n, firstNs, lastNs,
    list, series, latencySeries FROM (
  SELECT s.level, s.bucketNs, s.kindId, s.observerId, s.answerId, s.asIs, s.isFirst, s.answerKindId, s.answerObserverId,
    json_array(${pair("p")}, s.sourceId, s.destinationId, s.answerSourceId, s.answerDestinationId) AS pair,
    json_array(g.clientId, g.serverId, g.queryId, g.qtypes, g.rcode, g.state, g.noData, g.answers, g.observerId, g.requests, g.responses,
      g.suffixLabels, g.retry, g.secondHop) AS sides,
    sum(s.n) AS n, min(s.firstNs) AS firstNs, max(s.lastNs) AS lastNs, group_concat(s.latencies) AS list, group_concat(s.series) AS series,
    group_concat(s.latencySeries, ';') AS latencySeries
  FROM DnsSum s JOIN DnsGroup g ON g.id = s.groupId JOIN Pair p ON p.id = s.pairId GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)`;

/** Everything that is settled. Numbers that are given out in the order in which things are met stand by what they are numbers of. */
const SETTLED: Readonly<Record<string, string>> = {
  Flow: `SELECT f.id, f.occurrence, ${pair("p")}, c.key, s.key FROM Flow f JOIN Pair p ON p.id = f.pairId
    LEFT JOIN Actor c ON c.id = p.clientId LEFT JOIN Actor s ON s.id = p.serverId ORDER BY f.id`,
  DuplicateFlow: "SELECT id, occurrence FROM DuplicateFlow ORDER BY id",
  Attempt: `SELECT a.id, firstNs, lastNs, protocol, c.cluster, c.ipKey, s.cluster, s.ipKey, clientPort, serverPort, records, syns, outcome, flags, verdict
    FROM Attempt a JOIN Address c ON c.id = a.clientAddressId JOIN Address s ON s.id = a.serverAddressId ORDER BY a.id`,
  L7Exchange: `SELECT x.id, timeNs, protocol, r.value, requests, responses, responseId, twinId, counted, status, grpcStatus, denied, error,
    latencyNs, latencyBy, outcome FROM L7Exchange x LEFT JOIN Route r ON r.id = x.routeId ORDER BY x.id`,
  DnsExchange: `SELECT x.id, x.requestId, x.responseId, x.askedNs, x.answeredNs, x.clientId, x.serverId, x.queryId, x.qtypes, x.rcode, x.state,
    x.latencyNs, x.latencyBucket, x.noData, x.answerId, x.retryOf, x.secondHop, x.suffixLabels, x.asIs, x.isFirst, x.requests, x.responses,
    g.clientId, g.serverId, g.queryId, g.qtypes, g.rcode, g.state, g.noData, g.answers, g.observerId, g.requests, g.responses, g.suffixLabels,
    g.retry, g.secondHop FROM DnsExchange x JOIN DnsGroup g ON g.id = x.groupId ORDER BY x.id`,
  JoinedDrop: `SELECT j.id, j.timeNs, j.verdictId, j.drops, j.kindId, ${pair("p")}, j.policiesId, j.certain, j.noise, j.atMost, j.opens, c.causeId
    FROM JoinedDrop j JOIN Pair p ON p.id = j.pairId LEFT JOIN Cause c ON c.id = j.causeId ORDER BY j.id`,
  ResolvedAttempt: "SELECT * FROM ResolvedAttempt ORDER BY id",
  Cause: `SELECT causeId, kind, type, direction, reason, code, policies, clientKey, serverKey, port, protocol, subject, class, clients, attempts,
    count, unit, firstNs, lastNs, workedNs, worksNs, rhythmNs, certain, exampleId, evidence, position FROM Cause ORDER BY causeId`,
  CauseFlow: "SELECT c.causeId, f.flowId FROM CauseFlow f JOIN Cause c ON c.id = f.causeId ORDER BY 1, 2",
  RollUp: `SELECT level, bucketNs, kindId, observerId, ${pair("p")}, r.sourceId, r.destinationId, sum(records), sum(events), min(firstNs), max(lastNs),
    sum(attempts), sum(requests), sum(l7Errors), sum(drops) FROM RollUp r LEFT JOIN Pair p ON p.id = r.pairId
    GROUP BY level, bucketNs, kindId, observerId, r.pairId ORDER BY level, bucketNs, kindId, observerId, 5, 6, 7, 8, 9, 10`,
  RollUpLevel: "SELECT * FROM RollUpLevel ORDER BY level",
  LoosePort: "SELECT * FROM LoosePort ORDER BY port",
  AttemptSum: sums(
    "AttemptSum",
    "outcome, flags, (SELECT causeId FROM Cause WHERE id = s.causeId), n, firstNs, lastNs",
    ...["lengths", "series"],
  ),
  RequestSum: sums(
    "RequestSum",
    "s.protocol, (SELECT value FROM Route WHERE id = routeId), status, grpcStatus, denied, error, outcome, latencyBy, answered, atMost, n, requests, responses, weight, firstNs, lastNs",
    ...["latencies", "series"],
  ),
  DropSum: sums(
    "DropSum",
    "(SELECT causeId FROM Cause WHERE id = s.causeId), certain, atMost, drops, events, tries, firstNs, lastNs",
  ),
  DropRecordSum: sums(
    "DropRecordSum",
    "policiesId, (SELECT causeId FROM Cause WHERE id = s.causeId), records, events, firstNs, lastNs, attempts, requests, l7Errors, drops",
  ),
  MarkedSum: sums(
    "MarkedSum",
    `mark, (SELECT causeId FROM Cause WHERE id = s.causeId), policiesId, serviceId, answerKindId, answerObserverId, answerSourceId,
      answerDestinationId, (SELECT json_array(${pair("a")}) FROM Pair a WHERE a.id = s.answerPairId), events`,
  ),
  LookupSum: sums(
    "LookupSum",
    "lookup, queryId, (SELECT json_array(cluster, ipKey) FROM Address WHERE id = serverAddressId), outcome, n, firstNs, lastNs, ttlSeconds, ageNs",
  ),
  Translation: "SELECT * FROM Translation ORDER BY id",
  DnsSum: DNS_SUMS,
  SumLevel: "SELECT * FROM SumLevel ORDER BY level",
  Actor:
    "SELECT key, workloadKey, kind, cluster, namespace, pod, workloadKind, workloadName, workloadBy, name FROM Actor ORDER BY key",
  Endpoint:
    "SELECT e.id, a.key, d.cluster, d.ipKey FROM Endpoint e JOIN Actor a ON a.id = e.actorId LEFT JOIN Address d ON d.id = e.addressId ORDER BY e.id",
  DnsSuffix: "SELECT * FROM DnsSuffix ORDER BY cluster, suffix",
};

/** Events by their ports, whatever rows they are added up from: lists of added flows stand beside those that were there. */
function ports(database: Sqlite): string[] {
  return (["either", "from", "to"] as const).flatMap((side) => {
    const tally = listedPorts(database, WHOLE_CAPTURE, side, "f.observerId");
    return [...(tally?.found() ?? [])]
      .filter(({ events }) => events !== 0)
      .map(({ port, group, events }) => `${side} ${port} ${group} ${events}`)
      .sort();
  });
}

/** Narrow buckets of flows, read as a question reads them. */
function buckets(database: Sqlite): string[] {
  const [[widthNs] = []] = database
    .prepareExact("SELECT widthNs FROM RollUpLevel WHERE level = ?")
    .rows([ROLL_UP.buckets]);
  if (typeof widthNs !== "bigint") throw new Error("there are no buckets");
  const pair =
    "(SELECT json_array(p.clientSide, p.clientBy, p.serverPort, p.protocol) FROM Pair p WHERE p.id = f.pairId)";
  const rows = addedUp(database, {
    ...{ filter: { sql: "1", parameters: [] }, first: undefined, end: undefined, widthNs },
    ...{ keys: ["f.kindId", "f.observerId", "f.sourceId", "f.destinationId", pair] },
    ...{ alike: undefined, hasCounts: true, hasAnchored: true, hasTimes: true },
  });
  return rows.slice(2, -2).split("],[").sort();
}

function settled(database: Sqlite): Record<string, string[]> {
  const tables = Object.entries(SETTLED).map(([name, sql]) => [
    name,
    database
      .prepareExact(sql)
      .rows([])
      .map((row) => written(name, row))
      .sort(),
  ]);
  return { ...Object.fromEntries(tables), ports: ports(database), buckets: buckets(database) };
}

/** The files as they come, settled after each; returns how many were small additions. */
function oneByOne(files: readonly Log[]): { readonly capture: TestCapture; readonly small: number } {
  const capture = new TestCapture();
  let small = 0;
  for (const { name, text } of files) {
    const id = capture.load(name, text);
    if (isSmallAddition(capture.database, rowRange(capture.database, [id]))) small++;
    settleAddedFiles(capture.database, [id], 2000);
  }
  return { capture, small };
}

/** The same files with the same ids, settled when all are there. */
function atOnce(files: readonly Log[]): TestCapture {
  const capture = new TestCapture();
  const ids = files.map(({ name, text }) => capture.load(name, text));
  settleAddedFiles(capture.database, ids, 2000);
  return capture;
}

/** A part of the lines as files of their own behind the rest, each a stretch of them or some from everywhere. */
function partedBy(lines: readonly string[], parts: readonly Part[]): Log[] {
  const added = parts.map(({ from, share, isScattered }) => {
    const count = Math.max(1, Math.floor(lines.length * share));
    const start = Math.floor((lines.length - count) * from);
    const step = isScattered ? Math.max(1, Math.floor((lines.length - start) / count)) : 1;
    return lines.filter((_, n) => n >= start && (n - start) % step === 0 && (n - start) / step < count);
  });
  const gone = new Set(added.flat());
  return [lines.filter((line) => !gone.has(line)), ...added].map((some, n) => ({
    name: `part-${n}.log`,
    text: textOf(some),
  }));
}

interface Part {
  /** Where it begins, as a share of what can be. */
  readonly from: number;
  /** Of all lines. */
  readonly share: number;
  readonly isScattered: boolean;
}

const part: fc.Arbitrary<Part> = fc.record({
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  share: fc.double({ min: 0.001, max: 0.15, noNaN: true }),
  isScattered: fc.boolean(),
});

const SEED = 11;
const generated = (await generateLogs(3, 3000)).logs;
const captures: readonly (readonly [string, readonly Log[]])[] = [
  ["a generated log", generated],
  ...(REAL_LOGS.length > 0 ? [["the real logs", REAL_LOGS] as const] : []),
];

describe.each(captures)("%s", (_name, logs) => {
  const lines = [...new Set(logs.flatMap(({ text }) => linesOf(text)))];

  it(`settles around what is added as from nothing (seed ${SEED})`, () => {
    let small = 0;
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 2 }), (parts) => {
        const files = partedBy(lines, parts);
        const added = oneByOne(files);
        small += added.small;
        expect(settled(added.capture.database)).toEqual(settled(atOnce(files).database));
      }),
      { seed: SEED, numRuns: 8 },
    );
    expect(small).toBeGreaterThan(5);
  });
});
