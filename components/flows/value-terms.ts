/** Filter terms for what a row shows: the ones a menu on a value offers, the nearest first. */

import { parsedValue } from "@/components/frame/parsed-value";
import type { PolicyReference } from "@/lib/flow/flow";
import type { FlowRow, Party } from "@/lib/questions/answers";
import { makeTerm, type Term } from "@/lib/scope/filter";
import { wholePattern } from "@/lib/scope/http-kinds";
import type { FilterKey, Side } from "@/lib/scope/keys";
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
      return portTerms(serverPort(row), clientSide(row) === "from" ? "to" : "from");
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
    case "policy":
      return policyTerms(row);
    case "l7":
      return layer7Terms(row);
    case "flags":
      return flagTerms(row.tcpFlags);
    case "time":
    case "events":
    case "latency":
      return [];
  }
}

/** As settled; where the client is unknown, the packet's sides. */
export function clientOf(row: FlowRow): Party {
  return row.client === "destination" ? row.destination : row.source;
}

export function serverOf(row: FlowRow): Party {
  return row.client === "destination" ? row.source : row.destination;
}

/** The side of the packet that the client column shows. */
export function clientSide(row: FlowRow): "from" | "to" {
  return row.client === "destination" ? "to" : "from";
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

/** What the client of a flow sends to its server: the pods, or their addresses, and the port; nothing where it is not said who they are. */
export function callTerms(row: FlowRow): readonly Term[] {
  const ends = [...endTerms(clientOf(row), "from"), ...endTerms(serverOf(row), "to")];
  if (ends.length === 0) return [];
  const protocol = row.protocol === null ? undefined : termOf("protocol", row.protocol);
  return present([...ends, ...portTerms(serverPort(row), "to"), protocol]);
}

function endTerms({ pod, namespace, ip }: Party, side: Side): readonly Term[] {
  return pod === null ? addressTerms(ip, side) : [podTerm(pod, namespace, side)];
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

/** Text of the log as a term, where it is a value of the key. */
export function termOf<Key extends FilterKey>(key: Key, text: string | undefined, side?: Side) {
  const value = text === undefined ? undefined : parsedValue(key, text);
  return value === undefined ? undefined : makeTerm(key, [value], { side });
}

/** A name or an address that stands for itself, though the key takes patterns. */
export function wholeTerm(key: "dns-query" | "http-url", text: string): Term {
  return makeTerm(key, [wholePattern(text)]);
}

export function policyTerm({ kind, namespace, name }: PolicyReference): Term | undefined {
  if (!name) return undefined;
  return termOf("policy", [namespace, kind, name].filter(Boolean).join("/"));
}

/** A policy as a row names it, `Kind namespace/name`; one that has no name is called by its labels there. */
const POLICY_NAME = /^(?:(?<kind>[A-Z]\w*) )?(?:(?<namespace>[a-z0-9-]+)\/)?(?<name>[a-z0-9][a-z0-9.-]*)$/;

function policyTerms({ policies }: FlowRow): readonly Term[] {
  const names = policies === null ? [] : [...policies.deniedBy, ...policies.allowedBy];
  return present(names.map((name) => policyTerm(POLICY_NAME.exec(name)?.groups ?? {})));
}

/** What was asked first, then what was answered. */
function layer7Terms({ l7 }: FlowRow): readonly Term[] {
  if (l7 === null) return [];
  const { protocol, text, method, status, rcode } = l7;
  const asked = protocol === "dns" ? "dns-query" : protocol === "http" ? "http-url" : undefined;
  return present([
    asked && text !== null ? wholeTerm(asked, text) : undefined,
    termOf("http-status", status === null ? undefined : String(status)),
    termOf("dns-rcode", rcode?.name),
    termOf("http-method", method ?? undefined),
  ]);
}

/** All of them together first, then each. */
function flagTerms(flags: readonly string[]): readonly Term[] {
  const values = flags.flatMap((flag) => parsedValue("tcp-flags", flag) ?? []);
  const each = values.map((value) => makeTerm("tcp-flags", [value]));
  return values.length > 1 ? [makeTerm("tcp-flags", values), ...each] : each;
}

function present(terms: readonly (Term | undefined)[]): readonly Term[] {
  return terms.filter((term) => term !== undefined);
}

function protocolTerms({ protocol, l7 }: FlowRow): readonly Term[] {
  return [l7?.protocol, protocol].flatMap((word) => {
    const value = word ? parsedValue("protocol", word) : undefined;
    return value === undefined ? [] : [makeTerm("protocol", [value])];
  });
}
