/** The terms of a filter that lead from a number of the Workloads view to exactly what it counts. */

import { IS_DROP } from "@/components/frame/flows-address";
import type {
  ConnectionKey,
  ConnectionsOf,
  ConnectionsTimelineBy,
  ServicesAnswer,
  TrafficBy,
  TrafficOf,
  TrafficRow,
  TrafficSide,
} from "@/lib/questions/answers-workloads";
import type { ActorLevel } from "@/lib/scope/actor-kinds";
import { actorOf } from "@/lib/scope/actor-terms";
import { ATTEMPTS, connectionTerms } from "@/lib/scope/connection-terms";
import { makeTerm, type Term } from "@/lib/scope/filter";
import { UNANSWERED_WORDS } from "@/lib/scope/outcome-kinds";
import type { SpecialValue } from "@/lib/scope/value-kind";

const NONE: SpecialValue = { type: "none" };
const UNKNOWN: SpecialValue = { type: "unknown" };

/** Flow events with the workload or pod on either end. */
export function eitherEnd(level: ActorLevel, key: string): readonly Term[] {
  return [makeTerm("actor", [{ type: "actor", level, key: [key] }])];
}

/** Drops with it on either end. */
export function dropsOf(level: ActorLevel, key: string): readonly Term[] {
  return [IS_DROP, ...eitherEnd(level, key)];
}

export function requestsOf(pod: string): readonly Term[] {
  const word = (name: "http" | "grpc" | "kafka" | "answer-only") => ({ type: "word", word: name }) as const;
  return [
    makeTerm("request", [word("http"), word("grpc"), word("kafka")]),
    makeTerm("request", [word("answer-only")], { negated: true }),
    makeTerm("server", [actorOf("pod", pod)]),
  ];
}

/** Connections that a picture counts. */
export function countedTerms(of: ConnectionsOf): readonly Term[] {
  if (of === "attempts") return ATTEMPTS;
  return of === "unanswered" ? connectionTerms(...UNANSWERED_WORDS) : connectionTerms(of);
}

/** Of a row of connections, whatever became of them. */
export function connectionRowTerms(key: ConnectionKey): readonly Term[] {
  const terms: Term[] = [];
  if (key.client !== undefined) terms.push(makeTerm("client", [actorOf("workload", key.client)]));
  if (key.clientPod !== undefined) terms.push(makeTerm("client", [actorOf("pod", key.clientPod)]));
  if (key.server !== undefined) terms.push(makeTerm("server", [actorOf("workload", key.server)]));
  if (key.pod !== undefined) terms.push(makeTerm("server", [actorOf("pod", key.pod)]));
  // Without a client there is no server, and no port of it.
  if (key.port !== undefined && key.client !== null)
    terms.push(makeTerm("server-port", [key.port === null ? NONE : { type: "port", port: key.port }]));
  if (key.outcome !== undefined) terms.push(...connectionTerms(key.outcome));
  return terms;
}

/** Connections of these clients or servers; turned round, of all others. */
export function sidesTerms(
  of: ConnectionsOf,
  by: Exclude<ConnectionsTimelineBy, "outcome">,
  keys: readonly (string | null)[],
  negated: boolean,
): readonly Term[] {
  const level = by === "pod" || by === "client-pod" ? "pod" : "workload";
  const actors = keys.map((key) => actorOf(level, key));
  return [
    ...countedTerms(of),
    makeTerm(by === "pod" || by === "server" ? "server" : "client", actors, { negated }),
  ];
}

/** What a number of the traffic counts. */
export function trafficTerms(of: TrafficOf): readonly Term[] {
  if (of === "drops") return [IS_DROP];
  return of === "events" ? [] : [makeTerm("verdict", [{ type: "enum", name: "FORWARDED" }])];
}

/** The events of rows of the traffic; turned round, of all others. */
export function trafficRowTerms(
  by: TrafficBy,
  side: TrafficSide,
  keys: readonly TrafficRow["key"][],
  negated = false,
): readonly Term[] {
  if (by === "trace-point")
    return [
      makeTerm(
        by,
        keys.map(({ tracePoint = "?" }) => enumOrSpecial(tracePoint)),
        { negated },
      ),
    ];
  if (by === "verdict")
    return [
      makeTerm(
        by,
        keys.map(({ verdict = "?" }) => ({ type: "enum", name: verdict }) as const),
        { negated },
      ),
    ];
  return [
    makeTerm(
      "actor",
      keys.map(({ actor = null }) => actorOf(by, actor)),
      { side, negated },
    ),
  ];
}

function enumOrSpecial(name: string) {
  if (name === "-") return NONE;
  return name === "?" ? UNKNOWN : ({ type: "enum", name } as const);
}

type ServiceRow = ServicesAnswer["rows"][number];

/** The flows that name the service; undefined for a name without a namespace, which could be that of any. */
export function serviceTerms({ namespace, name, address }: ServiceRow): readonly Term[] | undefined {
  if (name !== null)
    return namespace === null
      ? undefined
      : [makeTerm("service", [{ type: "service", namespace, name, isExact: true }])];
  const unnamed = (side: "from" | "to") => makeTerm("service", [NONE, UNKNOWN], { side });
  const to = address === null ? [] : addressTerms(address);
  return [unnamed("from"), unnamed("to"), ...to];
}

function addressTerms(address: string): Term[] {
  const version = address.includes(":") ? 6 : 4;
  return [makeTerm("ip", [{ type: "ip", version, address }], { side: "to" })];
}

/** Its drops for want of a backend. */
export function noBackendTerms(row: ServiceRow): readonly Term[] | undefined {
  const terms = serviceTerms(row);
  const reason = makeTerm("drop-reason-desc", [{ type: "enum", name: "SERVICE_BACKEND_NOT_FOUND" }]);
  return terms && [...terms, IS_DROP, reason];
}

/** Translations to a pod of sockets that asked for the service. */
export function translatedTerms({ namespace, name }: ServiceRow, pod: string): readonly Term[] {
  const text = namespace === null ? String(name) : `${namespace}/${name}`;
  return [
    makeTerm("translated-from", [{ type: "text", text }]),
    makeTerm("actor", [actorOf("pod", pod)], { side: "to" }),
  ];
}

export function backendTerms(row: ServiceRow, pod: string | null): readonly Term[] | undefined {
  const terms = serviceTerms(row);
  return terms && [...terms, makeTerm("server", [actorOf("pod", pod)])];
}
