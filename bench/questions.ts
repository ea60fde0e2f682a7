/**
 * Questions over a settled capture, and the same asked of DuckDB over a flat, typed table of the same flows, in turn in one run.
 *
 * `node scripts/run-ts.mjs bench/questions.ts CAPTURE.db [--rounds 3]`
 *
 * Ours: the question as a reader thread answers it, nothing kept from earlier ones, the file in the system's cache. DuckDB: two threads,
 * the table in its memory, with names of workloads, namespaces and nodes written into each row, settled facts included
 * (client and server, attempts, drops, requests), so that no question needs a join. Written down is wall time in milliseconds: the median
 * of the rounds. What DuckDB is not asked (`-`) has no counterpart in one statement.
 */

import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { formatTime } from "@/lib/base/time";
import { openSqlite, type Sqlite } from "@/lib/capture/driver";
import { switchRollUps } from "@/lib/capture/rolled-flows";
import { OpenCapture } from "@/lib/questions/open-capture";
import { QUESTIONS } from "@/lib/questions/questions";
import { commit, machine, median } from "./measure";

const { values, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "3" } },
  allowPositionals: true,
});
const [file = ""] = positionals;
const rounds = Number(values.rounds);

interface Scope {
  readonly name: string;
  readonly q: string;
  readonly where: string;
  readonly range?: readonly [from: bigint, to: bigint];
}

/** About a dozen, of what the capture holds. */
function scopesOf(database: Sqlite): Scope[] {
  const span = database
    .prepareExact("SELECT (SELECT min(timeNs) FROM Flow) AS first, (SELECT max(timeNs) FROM Flow) AS last")
    .get([]);
  const [first, last] = [span?.first as bigint, span?.last as bigint];
  const minute = 60_000_000_000n;
  const third = (last - first) / 3n;
  const aligned: Scope["range"] = [
    ((first + third) / (10n * minute)) * 10n * minute,
    ((first + 2n * third) / (10n * minute)) * 10n * minute,
  ];
  const cut: Scope["range"] = [first + third + 123_456_789n, first + 2n * third + 987_654_321n];
  const text = (sql: string): string => String(database.prepare(sql).rows([])[0]?.[0]);
  const server = text(
    "SELECT s.workloadKey FROM RollUp r JOIN Pair p ON p.id = r.pairId JOIN Actor s ON s.id = p.serverId WHERE r.level = 0 AND s.kind = 'pod' GROUP BY 1 ORDER BY sum(r.events) DESC LIMIT 1 OFFSET 2",
  );
  const namespace = server.split("/")[0] as string;
  const node = text("SELECT nodeName FROM Observer WHERE nodeName IS NOT NULL LIMIT 1");
  const pod = text(
    `SELECT key FROM Actor WHERE kind = 'pod' AND workloadKey = '${server}' ORDER BY key LIMIT 1`,
  );
  return [
    { name: "whole", q: "", where: "true" },
    { name: "verdict", q: "verdict:DROPPED", where: "verdict = 'DROPPED'" },
    { name: "namespace", q: `server-namespace:${namespace}`, where: `server_namespace = '${namespace}'` },
    { name: "workload", q: `server:${server}`, where: `server = '${server}'` },
    { name: "server port", q: "server-port:8080", where: "server_port = 8080" },
    { name: "protocol", q: "protocol:dns", where: "l7 = 'dns'" },
    {
      name: "node",
      q: `node-name:${node.includes("/") ? node : `default/${node}`}`,
      where: `node = '${node}'`,
    },
    { name: "status", q: "http-status:5+", where: "status BETWEEN 500 AND 599" },
    { name: "pod", q: `server-pod:${pod}$`, where: `server_pod = '${pod}'` },
    { name: "range, aligned", q: "", where: "true", range: aligned },
    { name: "range, cut", q: "", where: "true", range: cut },
    { name: "workload in range", q: `server:${server}`, where: `server = '${server}'`, range: aligned },
    { name: "client port", q: "from-port:40007", where: "source_port = 40007" },
  ];
}

const FLAT = `SELECT f.timeNs AS time, f.events, k.verdict, k.dropReason AS reason, coalesce(k.l7Protocol, k.protocol) AS protocol, k.l7Protocol AS l7,
    k.httpCode AS status, o.nodeName AS node, c.workloadKey AS client, s.workloadKey AS server, c.namespaceKey AS client_namespace,
    s.namespaceKey AS server_namespace, s.key AS server_pod, p.serverPort AS server_port, f.sourcePort AS source_port,
    (a.id IS NOT NULL AND a.outcome <> 0) AS attempts, coalesce(e.requests, 0) AS requests, coalesce(j.drops, 0) AS drops, u.causeId AS cause
  FROM Flow f JOIN Kind k ON k.id = f.kindId JOIN Observer o ON o.id = f.observerId JOIN Pair p ON p.id = f.pairId
    LEFT JOIN Actor c ON c.id = p.clientId LEFT JOIN Actor s ON s.id = p.serverId LEFT JOIN Attempt a ON a.id = f.id
    LEFT JOIN L7Exchange e ON e.id = f.id AND e.counted = 1 LEFT JOIN JoinedDrop j ON j.id = f.id LEFT JOIN Cause u ON u.id = j.causeId
  WHERE f.id > ? ORDER BY f.id LIMIT 20000`;
const TYPES: Readonly<Record<string, string>> = {
  ...{ time: "BIGINT", events: "INTEGER", status: "INTEGER", server_port: "INTEGER", source_port: "INTEGER" },
  ...{ attempts: "INTEGER", requests: "INTEGER", drops: "INTEGER" },
};

async function flatTable(database: Sqlite): Promise<DuckDBConnection> {
  const columns = Object.keys(database.prepare(FLAT).all([-1])[0] ?? {});
  const csv = path.join(tmpdir(), `eyepiece-flat-${process.pid}.csv`);
  writeFileSync(csv, `${columns.join(",")}\n`);
  const read = database.prepareExact(FLAT.replace("SELECT f.timeNs", "SELECT f.id, f.timeNs"));
  for (let last: bigint = -1n; ; ) {
    const rows = read.rows([last]);
    if (rows.length === 0) break;
    writeFileSync(
      csv,
      `${rows
        .map((row) =>
          row
            .slice(1)
            .map((value) => value ?? "")
            .join(","),
        )
        .join("\n")}\n`,
      { flag: "a" },
    );
    last = rows.at(-1)?.[0] as bigint;
  }
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  const types = columns.map((name) => `'${name}': '${TYPES[name] ?? "VARCHAR"}'`).join(", ");
  await connection.run(
    `CREATE TABLE flow AS SELECT * FROM read_csv($1, header = true, columns = {${types}}, nullstr = '')`,
    [csv],
  );
  writeFileSync(csv, "");
  return connection;
}

type Asked = Readonly<Record<string, string>>;
interface Question {
  readonly name: string;
  ask(capture: OpenCapture, scope: Asked): unknown;
  readonly duck?: (where: string, widthNs: bigint) => string;
}

const facet = (name: string, column: string): Question => ({
  name: `facet ${name}`,
  ask: (capture, scope) => QUESTIONS.facets(capture, { ...scope, keys: name, limit: 50 }),
  duck: (where) => `SELECT ${column}, sum(events) FROM flow WHERE ${where} GROUP BY 1`,
});

const LIST: readonly Question[] = [
  {
    name: "summary",
    ask: (capture, scope) => QUESTIONS.summary(capture, scope),
    duck: (where) =>
      `SELECT verdict, node, count(*), sum(events), min(time), max(time), sum(attempts), sum(requests), sum(drops) FROM flow WHERE ${where} GROUP BY 1, 2`,
  },
  {
    name: "timeline verdict",
    ask: (capture, scope) => QUESTIONS.timeline(capture, { ...scope, by: "verdict", buckets: 120 }),
    duck: (where, width) =>
      `SELECT verdict, time // ${width}, sum(events) FROM flow WHERE ${where} GROUP BY 1, 2`,
  },
  {
    name: "timeline namespace",
    ask: (capture, scope) => QUESTIONS.timeline(capture, { ...scope, by: "namespace", buckets: 120 }),
    duck: (where, width) =>
      `SELECT server_namespace, time // ${width}, sum(events) FROM flow WHERE ${where} GROUP BY 1, 2`,
  },
  {
    name: "map",
    ask: (capture, scope) => QUESTIONS.map(capture, { ...scope, level: "workload", limit: 2000 }),
    duck: (where) =>
      `SELECT client, server, server_port, protocol, verdict, reason, sum(events), sum(drops), min(time), max(time) FROM flow WHERE ${where} GROUP BY ALL`,
  },
  facet("verdict", "verdict"),
  facet("server", "server"),
  facet("node-name", "node"),
  {
    name: "drops by cause",
    ask: (capture, scope) => QUESTIONS.drops(capture, { ...scope, by: "cause", limit: 100, buckets: 60 }),
    duck: (where, width) =>
      `SELECT cause, time // ${width}, sum(drops), min(time), max(time) FROM flow WHERE drops > 0 AND ${where} GROUP BY 1, 2`,
  },
  {
    name: "page of flows",
    ask: (capture, scope) => QUESTIONS.flows(capture, { ...scope, limit: 100, order: "desc", total: false }),
    duck: (where) => `SELECT * FROM flow WHERE ${where} ORDER BY time DESC LIMIT 100`,
  },
  {
    name: "count of flows",
    ask: (capture, scope) => QUESTIONS.flows(capture, { ...scope, limit: 1, order: "asc", total: true }),
    duck: (where) => `SELECT count(*), sum(events), sum(drops) FROM flow WHERE ${where}`,
  },
  {
    name: "dns by name",
    ask: (capture, scope) => QUESTIONS.dns(capture, { ...scope, by: "query", limit: 100 }),
  },
  {
    name: "l7 by route",
    ask: (capture, scope) => QUESTIONS.l7(capture, { ...scope, protocol: "http", by: "route", limit: 100 }),
  },
  { name: "workloads", ask: (capture, scope) => QUESTIONS.workloads(capture, { ...scope, limit: 100 }) },
  {
    name: "causes",
    ask: (capture, scope) => QUESTIONS.causes(capture, { ...scope, limit: 100, buckets: 60 }),
  },
  { name: "report", ask: (capture) => QUESTIONS.report(capture, {}) },
];

function ours({ ask }: Question, scope: Asked): number {
  const opened = OpenCapture.open(file);
  if (!opened.ok) throw new Error(opened.failure.message);
  const capture = opened.value;
  capture.ask((open) => open.meta("events"));
  const started = performance.now();
  const answer = capture.ask((open) => ask(open, scope)) as { ok: boolean; failure?: { message: string } };
  const took = performance.now() - started;
  if (!answer.ok) throw new Error(answer.failure?.message);
  capture.close();
  return took;
}

async function theirs(duck: DuckDBConnection, sql: string): Promise<number> {
  const started = performance.now();
  await duck.runAndReadAll(sql);
  return performance.now() - started;
}

const database = openSqlite(file, { readOnly: true });
const flows = database.prepare("SELECT count(*) AS n FROM Flow").get([])?.n;
const scopes = scopesOf(database);
const duck = await flatTable(database);
console.log(`machine ${machine()}; commit ${commit()}; ${flows} flows; ms, medians of ${rounds} rounds`);
console.log(
  "| question | scope | roll-ups | flows only | DuckDB | ratio |\n| --- | --- | --- | --- | --- | --- |",
);
const took: number[] = [];
for (const question of LIST) {
  for (const scope of question.name === "report" ? scopes.slice(0, 1) : scopes) {
    const [from, to] = scope.range ?? [];
    const asked: Asked = {
      q: scope.q,
      ...(from !== undefined && { from: formatTime(from) }),
      ...(to !== undefined && { to: formatTime(to) }),
    };
    const where = `${scope.where}${from === undefined ? "" : ` AND time >= ${from}`}${to === undefined ? "" : ` AND time < ${to}`}`;
    const sql = question.duck?.(where, 120_000_000_000n);
    const times: { on: number; off: number; duck: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      switchRollUps(true);
      const on = ours(question, asked);
      switchRollUps(false);
      const off = ours(question, asked);
      times.push({ on, off, duck: sql === undefined ? 0 : await theirs(duck, sql) });
    }
    const of = (which: "on" | "off" | "duck"): number => median(times.map((one) => one[which]));
    took.push(of("on"));
    const ratio = sql === undefined ? "-" : (of("on") / of("duck")).toFixed(1);
    console.log(
      `| ${question.name} | ${scope.name} | ${of("on").toFixed(1)} | ${of("off").toFixed(1)} | ${sql === undefined ? "-" : of("duck").toFixed(1)} | ${ratio} |`,
    );
  }
}
const sorted = took.sort((a, b) => a - b);
console.log(
  `p50 ${sorted[Math.floor(sorted.length / 2)]?.toFixed(0)} ms, p95 ${sorted[Math.floor(sorted.length * 0.95)]?.toFixed(0)} ms, most ${sorted.at(-1)?.toFixed(0)} ms`,
);
