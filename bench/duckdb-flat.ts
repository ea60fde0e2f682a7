/**
 * The rival's tables for the benchmark of questions, as somebody would lay them out who knows both the data and DuckDB: one flat, typed
 * table of flows with the names of workloads, pods, namespaces and nodes and what was settled at each flow written into its row; and one
 * such table for each kind of settled fact (TCP attempts, requests, DNS exchanges, drops), with all columns of the flow at which it counts.
 * So no question needs a join, and one about drops reads drops alone. All in memory, two threads, in the order of time.
 */

import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Sqlite } from "@/lib/capture/driver";

/** SQL over the capture, its first column `id`; and the type of each column for DuckDB. */
interface Table {
  readonly select: string;
  readonly columns: Readonly<Record<string, "BIGINT" | "INTEGER" | "VARCHAR">>;
}

const FLOW: Table = {
  select: `SELECT f.id, f.timeNs, f.events, k.verdict, k.dropReason, coalesce(k.l7Protocol, k.protocol), k.l7Protocol,
      k.httpCode, o.nodeName, c.workloadKey, s.workloadKey, c.namespaceKey, s.namespaceKey, c.key, s.key,
      CASE p.clientSide WHEN 2 THEN s.workloadKey ELSE c.workloadKey END, p.serverPort, f.sourcePort, f.destinationPort,
      (a.id IS NOT NULL AND a.outcome <> 0), coalesce(e.requests, 0), coalesce(e.error, 0), coalesce(j.drops, 0), u.causeId, t.value, f.policiesId
    FROM Flow f JOIN Kind k ON k.id = f.kindId JOIN Observer o ON o.id = f.observerId JOIN Pair p ON p.id = f.pairId
      LEFT JOIN Actor c ON c.id = p.clientId LEFT JOIN Actor s ON s.id = p.serverId LEFT JOIN Attempt a ON a.id = f.id
      LEFT JOIN L7Exchange e ON e.id = f.id AND e.counted = 1 LEFT JOIN JoinedDrop j ON j.id = f.id LEFT JOIN Cause u ON u.id = j.causeId
      LEFT JOIN Text t ON t.id = j.policiesId`,
  columns: {
    ...{
      id: "BIGINT",
      time: "BIGINT",
      events: "INTEGER",
      verdict: "VARCHAR",
      reason: "VARCHAR",
      protocol: "VARCHAR",
    },
    ...{ l7: "VARCHAR", status: "INTEGER", node: "VARCHAR", client: "VARCHAR", server: "VARCHAR" },
    ...{
      client_namespace: "VARCHAR",
      server_namespace: "VARCHAR",
      client_pod: "VARCHAR",
      server_pod: "VARCHAR",
    },
    ...{ source: "VARCHAR", server_port: "INTEGER", source_port: "INTEGER", destination_port: "INTEGER" },
    ...{ attempts: "INTEGER", requests: "INTEGER", errors: "INTEGER", drops: "INTEGER" },
    ...{ cause: "VARCHAR", policies: "VARCHAR", policies_id: "INTEGER" },
  },
};

/** By the name of the table; `f` is the flow at which each counts. */
const FACTS: Readonly<Record<string, Table>> = {
  attempt: {
    select:
      "SELECT f.id, f.firstNs, f.lastNs, f.outcome, f.flags FROM Attempt f WHERE f.protocol = 1 AND f.outcome <> 0",
    columns: { id: "BIGINT", first: "BIGINT", last: "BIGINT", outcome: "INTEGER", flags: "INTEGER" },
  },
  request: {
    select: `SELECT f.id, f.protocol, r.value, f.status, f.error, f.denied, f.outcome, f.requests, f.responses, f.latencyNs
      FROM L7Exchange f LEFT JOIN Route r ON r.id = f.routeId WHERE f.counted = 1`,
    columns: {
      ...{
        id: "BIGINT",
        kind: "INTEGER",
        route: "VARCHAR",
        code: "INTEGER",
        error: "INTEGER",
        denied: "INTEGER",
      },
      ...{ outcome: "INTEGER", asked: "INTEGER", answered: "INTEGER", latency: "BIGINT" },
    },
  },
  dns: {
    select: `SELECT f.id, f.askedNs, q.value, f.qtypes, f.rcode, f.state, f.requests, f.responses, f.latencyNs
      FROM DnsExchange f LEFT JOIN Text q ON q.id = f.queryId WHERE NOT f.secondHop`,
    columns: {
      ...{
        id: "BIGINT",
        asked_at: "BIGINT",
        query: "VARCHAR",
        qtypes: "VARCHAR",
        rcode: "INTEGER",
        state: "INTEGER",
      },
      ...{ asked: "INTEGER", answered: "INTEGER", latency: "BIGINT" },
    },
  },
};

export async function flatTables(database: Sqlite): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  await load(connection, database, "raw_flow", FLOW);
  await connection.run(
    "CREATE TABLE flow AS SELECT * FROM raw_flow ORDER BY time; DROP TABLE raw_flow; CREATE TABLE dropped AS SELECT * FROM flow WHERE drops > 0",
  );
  for (const [name, table] of Object.entries(FACTS)) {
    await load(connection, database, `raw_${name}`, table);
    await connection.run(
      `CREATE TABLE ${name} AS SELECT f.*, r.* EXCLUDE (id) FROM raw_${name} r JOIN flow f USING (id) ORDER BY f.time; DROP TABLE raw_${name}`,
    );
  }
  return connection;
}

const PORTION = 20_000;

/** Through a file: by values it takes ten times as long. */
async function load(
  connection: DuckDBConnection,
  database: Sqlite,
  name: string,
  { select, columns }: Table,
): Promise<void> {
  const csv = path.join(tmpdir(), `eyepiece-${name}-${process.pid}.csv`);
  writeFileSync(csv, `${Object.keys(columns).join(",")}\n`);
  const next = `${select} ${select.includes(" WHERE ") ? "AND" : "WHERE"} f.id > ? ORDER BY f.id LIMIT ${PORTION}`;
  const read = database.prepareExact(next);
  for (let last: bigint = -1n; ; ) {
    const rows = read.rows([last]);
    if (rows.length === 0) break;
    appendFileSync(csv, `${rows.map((row) => row.map(cell).join(",")).join("\n")}\n`);
    last = BigInt(rows.at(-1)?.[0]?.toString() ?? 0);
  }
  const types = Object.entries(columns).map(([column, type]) => `'${column}': '${type}'`);
  await connection.run(
    `CREATE TABLE ${name} AS SELECT * FROM read_csv($1, header = true, columns = {${types.join(", ")}}, nullstr = '', quote = '"', escape = '"')`,
    [csv],
  );
  rmSync(csv);
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
