/**
 * What `hubble observe --time-format rfc3339nano --print-node-name` prints of a record (flow-formats 3.5). With the default
 * time format the year would be missing, and with it every question about time.
 */

import { dropReasonText, POLICY_MATCH_TYPE, RESERVED_IDENTITY, TRACE_SUB_TYPE } from "@/lib/flow/enums";
import type { FlowJson, LineJson } from "../flow-json.ts";

const DROP = 1;
const TRACE = 4;
const VERDICT = 5;
const SOCK = 7;

/** Agent events are not printed. */
export function compactLine({ flow, lost_events: lost }: LineJson): string[] {
  if (lost !== undefined)
    return [`EVENTS LOST: ${lost.source} CPU(${lost.cpu ?? 0}) ${lost.num_events_lost}`];
  return flow === undefined ? [] : [flowLine(flow)];
}

function flowLine(flow: FlowJson): string {
  const source = `${host(flow, "source")} (${identity(flow.source?.identity)})`;
  const destination = `${host(flow, "destination")} (${identity(flow.destination?.identity)})`;
  const arrow = flow.is_reply === undefined ? "<>" : flow.is_reply ? "<-" : "->";
  const [left, right] = arrow === "<-" ? [destination, source] : [source, destination];
  return `${flow.time} [${flow.node_name}]: ${left} ${arrow} ${right} ${type(flow)} ${verdict(flow)} (${flow.Summary ?? ""})`;
}

function host(flow: FlowJson, side: "source" | "destination"): string {
  const endpoint = flow[side];
  const service = flow[`${side}_service`];
  const names = flow[`${side}_names`];
  const ports = Object.values(flow.l4 ?? {})[0];
  const port = ports?.[`${side}_port`];
  let name = flow.IP?.[side] ?? "";
  if (endpoint?.pod_name !== undefined) name = joined(endpoint.namespace, endpoint.pod_name);
  else if (service?.name !== undefined) name = joined(service.namespace, service.name);
  else if (names !== undefined && names.length > 0) name = names.join(",");
  if (port === undefined) return name;
  return name.includes(":") ? `[${name}]:${port}` : `${name}:${port}`;
}

function joined(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function identity(id = 0): string {
  return RESERVED_IDENTITY.get(id) ?? `ID:${id}`;
}

function type(flow: FlowJson): string {
  if (flow.l7 !== undefined) {
    const protocol = flow.l7.dns !== undefined ? "dns" : flow.l7.http !== undefined ? "http" : "l7";
    return `${protocol}-${(flow.l7.type ?? "").toLowerCase()}${protocol === "dns" ? " proxy" : ""}`;
  }
  const { type: event, sub_type: sub = 0 } = flow.event_type ?? {};
  if (event === TRACE) return (TRACE_SUB_TYPE.get(sub) ?? "").toLowerCase().replaceAll("_", "-");
  if (event === DROP) return dropReasonText(sub) ?? String(sub);
  if (event === VERDICT)
    return `policy-verdict:${POLICY_MATCH_TYPE.nameOf.get(flow.policy_match_type ?? 0)} ${flow.traffic_direction ?? "TRAFFIC_DIRECTION_UNKNOWN"}`;
  if (event === SOCK) return flow.sock_xlate_point?.includes("POST") ? "post-xlate-fwd" : "pre-xlate-fwd";
  return "UNKNOWN";
}

const POLICY_WORDS: Readonly<Record<string, string>> = {
  FORWARDED: "ALLOWED",
  REDIRECTED: "ALLOWED",
  DROPPED: "DENIED",
  ERROR: "DENIED",
  AUDIT: "AUDITED",
};

function verdict(flow: FlowJson): string {
  const word = flow.verdict ?? "VERDICT_UNKNOWN";
  return flow.event_type?.type === VERDICT ? (POLICY_WORDS[word] ?? word) : word;
}
