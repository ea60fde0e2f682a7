/** Filter terms for what a row shows: the ones a menu on a value offers, the nearest first. */

import { parsedValue } from "@/components/frame/parsed-value";
import type { FlowRow, Party } from "@/lib/questions/answers";
import { makeTerm, type Term } from "@/lib/scope/filter";
import type { Side } from "@/lib/scope/keys";
import { nodeTerms } from "@/lib/scope/node-terms";
import type { ColumnId } from "./columns";
import { partyName } from "./party";
import { serverPort } from "./row-text";

/** Terms of a cell; empty where there is nothing to filter by. */
export function termsOf(column: ColumnId, row: FlowRow): readonly Term[] {
  switch (column) {
    case "node":
      return nodeTerms(row.node);
    case "verdict":
      return [enumTerm("verdict", row.verdict)];
    case "direction":
      return [enumTerm("traffic-direction", row.trafficDirection)];
    case "client":
      return partyTerms(clientOf(row), clientSide(row));
    case "server":
      return partyTerms(serverOf(row), clientSide(row) === "from" ? "to" : "from");
    case "port":
      return portTerms(serverPort(row), row.isReply === true ? "from" : "to");
    case "protocol":
      return protocolTerms(row);
    case "type":
      return eventTerms(row.event);
    case "reason":
      return row.dropReason === null ? [] : [enumTerm("drop-reason-desc", row.dropReason)];
    case "source-ip":
      return addressTerms(row.source.ip, "from");
    case "destination-ip":
      return addressTerms(row.destination.ip, "to");
    case "time":
    case "policy":
    case "l7":
    case "events":
    case "latency":
    case "flags":
      return [];
  }
}

/** The client is the source of the packet, in a reply its destination. Where that is unknown, the packet's sides. */
export function clientOf(row: FlowRow): Party {
  return row.isReply === true ? row.destination : row.source;
}

export function serverOf(row: FlowRow): Party {
  return row.isReply === true ? row.source : row.destination;
}

/** The side of the packet that the client column shows. */
export function clientSide(row: FlowRow): "from" | "to" {
  return row.isReply === true ? "to" : "from";
}

/** The term of the party's name first, then wider and narrower ones. */
export function partyTerms(party: Party, side: Side): readonly Term[] {
  const name = partyName(party);
  const terms: Term[] = [];
  if (party.workload?.name) terms.push(workloadTerm(party, side));
  if (party.pod !== null) terms.push(podTerm(party.pod, party.namespace, side));
  if (party.ip !== null) terms.push(...addressTerms(party.ip, side));
  if (party.namespace !== null) terms.push(namespaceTerm(party.namespace, side));
  if (name.kind === "unknown") terms.push(makeTerm("pod", [{ type: "unknown" }], { side }));
  return terms;
}

export function workloadTerm({ namespace, workload }: Party, side: Side): Term {
  const value = {
    type: "workload" as const,
    ...(namespace !== null && { namespace }),
    ...(workload?.kind && { kind: workload.kind }),
    ...(workload?.name && { name: workload.name }),
  };
  return makeTerm("workload", [value], { side });
}

export function podTerm(pod: string, namespace: string | null, side: Side): Term {
  const value = { type: "pod" as const, name: pod, isExact: true, ...(namespace !== null && { namespace }) };
  return makeTerm("pod", [value], { side });
}

export function namespaceTerm(namespace: string, side: Side): Term {
  return makeTerm("namespace", [{ type: "text", text: namespace }], { side });
}

/** Nothing for text that is no address: what stands in a log need not be one. */
export function addressTerms(ip: string | null, side: Side): readonly Term[] {
  if (ip === null) return [];
  const value = parsedValue("ip", ip);
  return value === undefined ? [] : [makeTerm("ip", [value], { side })];
}

export function portTerms(port: number | null, side: Side): readonly Term[] {
  return port === null ? [] : [makeTerm("port", [{ type: "port", port }], { side })];
}

export function enumTerm(key: "verdict" | "traffic-direction" | "drop-reason-desc", name: string): Term {
  return makeTerm(key, [{ type: "enum", name }]);
}

export function eventTerms(event: string | null): readonly Term[] {
  if (event === null) return [makeTerm("type", [{ type: "unknown" }])];
  const exact = parsedValue("type", event);
  const colon = event.indexOf(":");
  const whole = colon < 0 ? undefined : parsedValue("type", event.slice(0, colon));
  return [exact, whole].flatMap((value) => (value === undefined ? [] : [makeTerm("type", [value])]));
}

function protocolTerms({ protocol, l7 }: FlowRow): readonly Term[] {
  return [l7?.protocol, protocol].flatMap((word) => {
    const value = word ? parsedValue("protocol", word) : undefined;
    return value === undefined ? [] : [makeTerm("protocol", [value])];
  });
}
