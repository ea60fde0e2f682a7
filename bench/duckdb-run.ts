/**
 * The rival of the ingest benchmark: DuckDB's read_json into a table, columns typed by hand, two threads.
 *
 * `FILE memory|disk` -> one line of JSON {seconds, records, peakMiB}. Given types spare DuckDB the guessing of a
 * schema; every member that the generator writes is read, as Eyepiece keeps all of them.
 */

import { rmSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { peakMiB } from "./measure";

const L4 = `STRUCT(
  TCP STRUCT(source_port INTEGER, destination_port INTEGER, flags STRUCT(FIN BOOLEAN, SYN BOOLEAN, RST BOOLEAN, PSH BOOLEAN, ACK BOOLEAN)),
  UDP STRUCT(source_port INTEGER, destination_port INTEGER),
  ICMPv4 STRUCT("type" INTEGER, code INTEGER), ICMPv6 STRUCT("type" INTEGER, code INTEGER))`;

const ENDPOINT = `STRUCT(ID UINTEGER, identity UINTEGER, cluster_name VARCHAR, namespace VARCHAR, labels VARCHAR[], pod_name VARCHAR,
  workloads STRUCT(name VARCHAR, kind VARCHAR)[])`;

const POLICIES =
  "STRUCT(name VARCHAR, namespace VARCHAR, labels VARCHAR[], revision VARCHAR, kind VARCHAR)[]";

const FLOW = `STRUCT(
  "time" TIMESTAMP_NS, uuid VARCHAR, emitter STRUCT(name VARCHAR, version VARCHAR), verdict VARCHAR, drop_reason UINTEGER,
  drop_reason_desc VARCHAR, auth_type VARCHAR, ethernet STRUCT(source VARCHAR, destination VARCHAR),
  IP STRUCT(source VARCHAR, source_xlated VARCHAR, destination VARCHAR, ipVersion VARCHAR, encrypted BOOLEAN), l4 ${L4},
  source ${ENDPOINT}, destination ${ENDPOINT}, "Type" VARCHAR, node_name VARCHAR, node_labels VARCHAR[],
  source_names VARCHAR[], destination_names VARCHAR[],
  l7 STRUCT("type" VARCHAR, latency_ns VARCHAR,
    dns STRUCT(query VARCHAR, ips VARCHAR[], ttl UINTEGER, cnames VARCHAR[], observation_source VARCHAR, rcode UINTEGER, qtypes VARCHAR[], rrtypes VARCHAR[]),
    http STRUCT(code UINTEGER, method VARCHAR, url VARCHAR, protocol VARCHAR, headers STRUCT("key" VARCHAR, "value" VARCHAR)[])),
  is_reply BOOLEAN, reply BOOLEAN, event_type STRUCT("type" INTEGER, sub_type INTEGER),
  source_service STRUCT(name VARCHAR, namespace VARCHAR), destination_service STRUCT(name VARCHAR, namespace VARCHAR),
  traffic_direction VARCHAR, policy_match_type UINTEGER, trace_observation_point VARCHAR, trace_reason VARCHAR,
  file STRUCT(name VARCHAR, line UINTEGER), interface STRUCT("index" UINTEGER, name VARCHAR), proxy_port UINTEGER,
  Summary VARCHAR, egress_allowed_by ${POLICIES}, ingress_allowed_by ${POLICIES}, egress_denied_by ${POLICIES}, ingress_denied_by ${POLICIES})`;

const [file = "", where = "memory"] = process.argv.slice(2);
const database = where === "disk" ? `${file}.duckdb` : ":memory:";
rmSync(database, { force: true });
const started = performance.now();
const instance = await DuckDBInstance.create(database, { threads: "2" });
const connection = await instance.connect();
await connection.run(
  `CREATE TABLE log AS SELECT * FROM read_json($1, format = 'newline_delimited', maximum_object_size = 33554432,
     columns = {flow: '${FLOW.replaceAll("\n", " ").replaceAll("'", "''")}', lost_events: 'JSON', agent_event: 'JSON', node_name: 'VARCHAR', "time": 'TIMESTAMP_NS'})`,
  [file],
);
if (where === "disk") await connection.run("CHECKPOINT");
const seconds = (performance.now() - started) / 1000;
const reader = await connection.runAndReadAll(
  "SELECT count(*)::INTEGER, count(flow.verdict)::INTEGER FROM log",
);
const [records, flows] = reader.getRows()[0] ?? [];
const { user, system } = process.cpuUsage();
console.log(
  JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, records, flows, peakMiB: peakMiB() }),
);
rmSync(database, { force: true });
