/** How many attempts, requests and errors a scope holds: each counts at its first flow, and once. */

import type { Sqlite } from "@/lib/capture/driver";
import { LEAST, rolledSpan, rolledSums } from "@/lib/capture/rolled-flows";
import type { CompiledScope } from "@/lib/capture/scope-sql";
import { OUTCOME } from "@/lib/insight/outcome";
import type { Scope } from "@/lib/scope/link";
import { COUNTED } from "./dns-parts";
import { summedExchanges } from "./dns-scope";
import type { OpenCapture } from "./open-capture";

/** Connection attempts; null when no flow of the scope has ports and a time, because then nothing is known about them. */
export function countAttempts({ database }: OpenCapture, scope: CompiledScope): number | null {
  const attempts =
    rolledSums(database, scope, ["attempts"])?.attempts ??
    count(
      database,
      scope,
      `SELECT count(*) AS n FROM Attempt a JOIN Flow f ON f.id = a.id WHERE a.outcome <> ${OUTCOME.openAlready}`,
    );
  return attempts > 0 || hasPorts(database, scope) ? attempts : null;
}

/** Some flow of the scope has the ports by which connections are told apart, and the time that parts one from the next. */
export function hasPorts(database: Sqlite, scope: CompiledScope): boolean {
  // In a roll-up it is known where the scope begins: what lies before need not be looked at.
  const since = rolledSpan(database, scope)?.first;
  const found = database
    .prepare(
      `SELECT 1 FROM Flow f WHERE f.sourcePort IS NOT NULL AND f.destinationPort IS NOT NULL AND f.timeNs >= ? AND ${scope.sql} LIMIT 1`,
    )
    .get([since ?? LEAST, ...scope.parameters]);
  return found !== undefined;
}

/**
 * Events of records without a readable time; a range holds none. Few, and found by the index on time. A roll-up of the whole capture
 * cannot tell: records of one kind with a time and without one stand in one row.
 */
export function countUntimed({ database }: OpenCapture, scope: CompiledScope): number {
  return count(database, scope, "SELECT sum(f.events) AS n FROM Flow f WHERE f.timeNs IS NULL");
}

/** HTTP, gRPC and Kafka requests of one proxy side; for aggregated records their events. */
export function countRequests({ database }: OpenCapture, scope: CompiledScope): number {
  return (
    rolledSums(database, scope, ["requests"])?.requests ??
    count(
      database,
      scope,
      "SELECT sum(e.requests) AS n FROM L7Exchange e JOIN Flow f ON f.id = e.id WHERE e.counted = 1 AND e.requests > 0",
    )
  );
}

/** Answers of DNS with an error. What only the search list asks for is not wrong, so it is left out (product.md, DNS). */
export function countDnsErrors(capture: OpenCapture, scope: Scope): number {
  const { table, where } = summedExchanges(capture, scope);
  const counted = capture.database
    .prepare(
      `SELECT coalesce(sum(x.responses), 0) AS errors FROM ${table}
       WHERE ${COUNTED} AND x.rcode > 0 AND x.suffixLabels IS NULL AND ${where.sql}`,
    )
    .get(where.parameters);
  return Number(counted?.errors);
}

/** HTTP, gRPC and Kafka requests that failed at the server or were refused by a rule; 4xx of the server are none. */
export function countL7Errors({ database }: OpenCapture, scope: CompiledScope): number {
  return (
    rolledSums(database, scope, ["l7Errors"])?.l7Errors ??
    count(
      database,
      scope,
      `SELECT sum(max(e.requests, e.responses)) AS n FROM L7Exchange e JOIN Flow f ON f.id = e.id
       WHERE e.counted = 1 AND e.error = 1`,
    )
  );
}

function count(database: Sqlite, scope: CompiledScope, sql: string): number {
  const counted = database.prepare(`${sql} AND ${scope.sql}`).get(scope.parameters);
  return Number(counted?.n ?? 0);
}
