/**
 * Services that flows name: their traffic, who answered it, and drops because there was no backend (158).
 *
 * A record names a service where its agent knew one for the address. A packet that finds no backend is dropped before
 * that, so such drops often name the address only: they stand under it.
 */

import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import { countedFlows } from "@/lib/capture/rolled-flows";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import type { ServicesAnswer } from "./answers-workloads";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";
import { readTranslations } from "./translations";

export interface ServicesParameters extends ScopeParameters {
  readonly limit: number;
}

export function readServices(
  capture: OpenCapture,
  parameters: ServicesParameters,
): Result<ServicesAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const table = capture.keep(`services ${parameters.limit} ${scopeKey(parameters)}`, () => {
    const compiled = compileScope(capture.database, scope.value);
    return tabulate(readRows(capture, compiled), parameters.limit);
  });
  return ok({ meta: capture.meta("events"), ...table });
}

type Row = ServicesAnswer["rows"][number];

interface Service {
  readonly namespace: string | null;
  readonly name: string | null;
  readonly address: string | null;
  events: number;
  noBackend: number;
  readonly backends: Map<string | null, number>;
  readonly translatedTo: Map<string, number>;
  firstNs: bigint | undefined;
  lastNs: bigint | undefined;
}

/** Drops because a service has no backend: they are few, and found by their reason before their flows are looked up. */
const NO_BACKEND_DROPS = `(SELECT id, drops FROM JoinedDrop WHERE kindId IN (SELECT id FROM Kind WHERE dropReason = 'SERVICE_BACKEND_NOT_FOUND')) j
  CROSS JOIN Flow f ON f.id = j.id`;

function readRows(capture: OpenCapture, scope: CompiledScope): Service[] {
  const services = new Map<string, Service>();
  const of = (namespace: string | null, name: string | null, address: string | null): Service => {
    const key = JSON.stringify([namespace, name, address]);
    const known = services.get(key) ?? {
      ...{ namespace, name, address, events: 0, noBackend: 0 },
      ...{ backends: new Map<string | null, number>(), translatedTo: new Map<string, number>() },
      ...{ firstNs: undefined, lastNs: undefined },
    };
    services.set(key, known);
    return known;
  };
  for (const named of namedPairs(capture, scope)) {
    const service = of(named.namespace, named.name, null);
    service.events += named.events;
    service.noBackend += named.noBackend;
    service.backends.set(named.server, (service.backends.get(named.server) ?? 0) + named.events);
    widen(service, named.firstNs, named.lastNs);
  }
  for (const { namespace, name, pod, events } of readTranslations(capture.database, scope))
    of(namespace, name, null).translatedTo.set(pod, events);
  const unnamed = capture.database
    .prepareExact(
      `SELECT d.ip, sum(f.events), sum(j.drops), min(f.timeNs), max(f.timeNs)
       FROM ${NO_BACKEND_DROPS} JOIN Endpoint s ON s.id = f.sourceId JOIN Endpoint d ON d.id = f.destinationId
       WHERE s.serviceName IS NULL AND d.serviceName IS NULL AND ${scope.sql} GROUP BY 1`,
    )
    .rows(scope.parameters);
  for (const [ip, events, drops, firstNs, lastNs] of unnamed) {
    const service = of(null, null, ip === null ? null : String(ip));
    service.events += Number(events);
    service.noBackend += Number(drops);
    widen(service, firstNs as bigint | null, lastNs as bigint | null);
  }
  return [...services.values()];
}

function widen(service: Service, firstNs: bigint | null, lastNs: bigint | null): void {
  if (firstNs !== null && (service.firstNs === undefined || firstNs < service.firstNs))
    service.firstNs = firstNs;
  if (lastNs !== null && (service.lastNs === undefined || lastNs > service.lastNs)) service.lastNs = lastNs;
}

interface Named {
  readonly namespace: string | null;
  readonly name: string;
  readonly server: string | null;
  readonly events: number;
  readonly noBackend: number;
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
}

/** Flows of pairs that name a service; one that both sides name counts once for it. */
function namedPairs({ database }: OpenCapture, scope: CompiledScope): Named[] {
  const flows = countedFlows(database, scope, { reads: "f.pairId" });
  const rows = database
    .prepareExact(
      `SELECT s.serviceNamespace, s.serviceName, d.serviceNamespace, d.serviceName, a.key, t.events, n.drops, t.firstNs, t.lastNs
       FROM (SELECT f.pairId, sum(f.events) AS events, min(f.firstNs) AS firstNs, max(f.lastNs) AS lastNs
             FROM ${flows.from} WHERE f.pairId IN (
               SELECT p.id FROM Pair p JOIN Endpoint s ON s.id = p.sourceId JOIN Endpoint d ON d.id = p.destinationId
               WHERE s.serviceName IS NOT NULL OR d.serviceName IS NOT NULL) AND ${flows.where.sql} GROUP BY 1) t
         LEFT JOIN (SELECT f.pairId, sum(j.drops) AS drops FROM ${NO_BACKEND_DROPS} WHERE ${scope.sql} GROUP BY 1) n ON n.pairId = t.pairId
         JOIN Pair p ON p.id = t.pairId JOIN Endpoint s ON s.id = p.sourceId JOIN Endpoint d ON d.id = p.destinationId
         LEFT JOIN Actor a ON a.id = p.serverId`,
    )
    .rows([...flows.parameters, ...flows.where.parameters, ...scope.parameters]);
  return rows.flatMap(
    ([sourceNamespace, source, destinationNamespace, destination, server, events, drops, ...times]) => {
      const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
      const [firstNs = null, lastNs = null] = times as (bigint | null)[];
      const sides = [
        [text(sourceNamespace), text(source)],
        [text(destinationNamespace), text(destination)],
      ] as const;
      const isSame = JSON.stringify(sides[0]) === JSON.stringify(sides[1]);
      return (isSame ? sides.slice(1) : sides).flatMap(([namespace, name]) =>
        name === null
          ? []
          : [
              {
                ...{ namespace, name, server: text(server), firstNs, lastNs },
                ...{ events: Number(events), noBackend: Number(drops ?? 0) },
              },
            ],
      );
    },
  );
}

function tabulate(services: readonly Service[], limit: number): Omit<ServicesAnswer, "meta"> {
  const rows = services
    .map(toRow)
    .sort(
      (a, b) =>
        b.noBackend - a.noBackend || b.events - a.events || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1),
    );
  const folded = rows.slice(limit);
  return {
    rows: rows.slice(0, limit),
    folded: { rows: folded.length, events: folded.reduce((sum, { events }) => sum + events, 0) },
  };
}

function toRow(service: Service): Row {
  const { namespace, name, address, events, noBackend, backends, translatedTo, firstNs, lastNs } = service;
  const time = (ns: bigint | undefined): string | null => (ns === undefined ? null : formatTime(ns));
  return {
    ...{ namespace, name, address, events, noBackend },
    backends: podsOf(backends),
    translatedTo: podsOf(translatedTo),
    ...{ first: time(firstNs), last: time(lastNs) },
  };
}

/** Most events first. */
function podsOf<Pod extends string | null>(events: ReadonlyMap<Pod, number>): { pod: Pod; events: number }[] {
  return [...events]
    .map(([pod, n]) => ({ pod, events: n }))
    .sort((a, b) => b.events - a.events || ((a.pod ?? "") < (b.pod ?? "") ? -1 : 1));
}
