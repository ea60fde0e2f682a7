/** Values of our terms as Hubble writes them: the argument of a flag, and the member of a raw FlowFilter that says the same. */

import { unreachable } from "@/lib/base/unreachable";
import {
  DROP_REASON,
  type EnumTable,
  TRACE_OBSERVATION_POINT,
  TRACE_SUB_TYPE,
  TRAFFIC_DIRECTION,
  VERDICT,
} from "@/lib/flow/enums";
import { formatValue, type Term, type TermWith } from "./filter";
import type { FilterKey, ValueOf } from "./keys";
import { labelKind } from "./label-kind";
import type { NodeValue, PodValue, ServiceValue, WorkloadValue } from "./name-kinds";
import { distributeFlags } from "./packet-kinds";
import type { EnumValue } from "./simple-kinds";

/** One value: the flag's argument, and the member of a raw FlowFilter that says the same. */
export interface HubbleValue {
  readonly argument: string;
  readonly raw: unknown;
  /** In place of flag and argument. */
  readonly flag?: string;
  /** What the flag says differently. */
  readonly differs?: string;
}

/** `undefined` as soon as one value cannot be said: the others alone would show less. */
export function hubbleValues(term: Term): readonly HubbleValue[] | undefined {
  if (term.key === "tcp-flags") return flagSets(term);
  if (!(term.key in RAW_MEMBERS)) return undefined;
  // Hubble refuses both of its flags together.
  if ((term.key === "encrypted" || term.key === "unencrypted") && term.values.length > 1) return undefined;
  const values: HubbleValue[] = [];
  for (const value of term.values) {
    if (value.type === "unknown" || value.type === "none") return undefined;
    const written = hubbleValue(term, value);
    if (written === undefined) return undefined;
    values.push(written);
  }
  return values;
}

type PlainValue = Exclude<ValueOf<FilterKey>, { readonly type: "unknown" | "none" }>;

function hubbleValue(term: Term, value: PlainValue): HubbleValue | undefined {
  switch (value.type) {
    case "enum":
      return enumValue(term.key, value);
    case "text":
      // Hubble compares a namespace through the pods in it.
      return { argument: value.text, raw: rawText(term.key, value.text) };
    case "word":
      return wordArgument(term.key, value.word);
    case "pod":
    case "service":
      return prefixArgument(value);
    case "workload":
      return workloadArgument(value);
    case "port":
      return { argument: String(value.port), raw: String(value.port) };
    case "ip":
      return { argument: value.address, raw: value.address };
    case "cidr": {
      const argument = `${value.network}/${value.bits}`;
      return { argument, raw: argument };
    }
    case "event": {
      const { event, subType } = value;
      const raw = {
        type: event,
        ...(subType === undefined ? {} : { match_sub_type: true, sub_type: subType }),
      };
      return { argument: eventArgument(event, subType), raw };
    }
    case "node":
      return nodeArgument(value);
    case "label":
      return same(labelKind.format(value).text);
    case "identity":
      return { argument: formatValue("identity", value), raw: value.identity };
    case "fqdn":
      return same(value.pieces.join("*"));
    case "number":
      return same(value.decimal);
    case "method":
      return same(value.method);
    case "status":
      return same(formatValue("http-status", value));
    case "pattern":
      return same(value.pattern);
    case "header":
      // Hubble cuts at the first colon.
      if (value.name.startsWith(":")) return undefined;
      return { argument: `${value.name}:${value.value}`, raw: { key: value.name, value: value.value } };
    case "actor":
    case "answer":
    case "edge":
    case "map-part":
    case "latency":
    case "count":
    case "flags":
    case "policy":
    case "policies":
    case "file":
    case "search":
      return undefined;
    default:
      return unreachable(value);
  }
}

function same(argument: string): HubbleValue {
  return { argument, raw: argument };
}

/** Hubble compares a namespace through the pods in it, and an interface by its message. */
function rawText(key: FilterKey, text: string): unknown {
  if (key === "namespace") return `${text}/`;
  return key === "interface" ? { name: text } : text;
}

const RAW_IP_VERSIONS: Readonly<Record<string, string>> = { none: "IP_NOT_USED", v4: "IPv4", v6: "IPv6" };

function wordArgument(key: FilterKey, word: string): HubbleValue | undefined {
  if (key === "ip-version") return { argument: word, raw: RAW_IP_VERSIONS[word] };
  if (key === "encrypted" || key === "unencrypted") {
    const isEncrypted = (key === "encrypted") === (word === "yes");
    return { argument: "", raw: isEncrypted, flag: isEncrypted ? "--encrypted" : "--unencrypted" };
  }
  return same(word);
}

/** Our values are all wanted, each being any of its flags; Hubble's are any, each being all of its flags. */
function flagSets(term: TermWith<"tcp-flags">): readonly HubbleValue[] | undefined {
  const lists: (readonly string[])[] = [];
  for (const value of term.values) {
    if (value.type !== "flags") return undefined;
    lists.push(value.any);
  }
  return distributeFlags(lists).map((flags) => ({
    argument: flags.join(","),
    raw: Object.fromEntries(flags.map((flag) => [flag, true])),
  }));
}

/** Hubble has no escapes: a slash inside a namespace or a kind would be read as the separator. */
function prefixArgument({
  type,
  namespace,
  name,
  isExact,
}: PodValue | ServiceValue): HubbleValue | undefined {
  if (namespace?.includes("/")) return undefined;
  const argument = `${namespace ?? ""}/${name}`;
  const differs = isExact
    ? `hubble observe takes ${argument} as the beginning of a ${type}'s name.`
    : undefined;
  return { argument, raw: argument, differs };
}

function workloadArgument({ namespace, kind, name }: WorkloadValue): HubbleValue | undefined {
  if (kind === undefined && (name === undefined || name.includes("/"))) return undefined;
  if (kind?.includes("/")) return undefined;
  const argument = kind === undefined ? (name ?? "") : `${kind}/${name ?? ""}`;
  const raw = { ...(kind === undefined ? {} : { kind }), ...(name === undefined ? {} : { name }) };
  if (namespace === undefined) return { argument, raw };
  return {
    argument,
    raw,
    differs: `hubble observe knows no namespace for a workload; ${namespace} is left out.`,
  };
}

/** Characters that Hubble's node pattern accepts, beside the star. */
const NODE_PIECE = /^[-.0-9a-z]*$/;

function nodeArgument({ cluster, node }: NodeValue): HubbleValue | undefined {
  if (![...(cluster ?? []), ...(node ?? [])].every((piece) => NODE_PIECE.test(piece))) return undefined;
  const name = (node ?? []).join("*");
  const argument = cluster === undefined ? name : `${cluster.join("*")}/${name}`;
  return { argument, raw: argument };
}

/** Sub-types of trace events have words there; those of other events are numbers. */
function eventArgument(event: number, subType: number | undefined): string {
  if (event === 4 || subType === undefined) return formatValue("type", { type: "event", event, subType });
  return `${formatValue("type", { type: "event", event })}:${subType}`;
}

const ENUMS: Partial<Record<FilterKey, EnumTable>> = {
  verdict: VERDICT,
  "drop-reason-desc": DROP_REASON,
  "traffic-direction": TRAFFIC_DIRECTION,
  "trace-point": TRACE_OBSERVATION_POINT,
};

/** The command line takes known names only. */
function enumValue(key: FilterKey, { name }: EnumValue): HubbleValue | undefined {
  if (!ENUMS[key]?.numberOf.has(name)) return undefined;
  if (key === "trace-point") return tracePoint(name);
  if (key !== "traffic-direction") return { argument: name, raw: name };
  return name === "TRAFFIC_DIRECTION_UNKNOWN" ? undefined : { argument: name.toLowerCase(), raw: name };
}

function tracePoint(name: string): HubbleValue | undefined {
  for (const [subType, point] of TRACE_SUB_TYPE) {
    if (point !== name) continue;
    const raw = { type: 4, match_sub_type: true, sub_type: subType };
    return { argument: eventArgument(4, subType), raw };
  }
  return undefined;
}

/** Members of FlowFilter (flow.proto) for one side, or for the whole flow. Keys that are not here have none. */
export const RAW_MEMBERS: Partial<Record<FilterKey, string>> = {
  verdict: "verdict",
  namespace: "pod",
  pod: "pod",
  workload: "workload",
  port: "port",
  ip: "ip",
  protocol: "protocol",
  type: "event_type",
  "drop-reason-desc": "drop_reason_desc",
  "traffic-direction": "traffic_direction",
  "node-name": "node_name",
  uuid: "uuid",
  service: "service",
  label: "label",
  identity: "identity",
  fqdn: "fqdn",
  cluster: "cluster_name",
  "snat-ip": "source_ip_xlated",
  "tcp-flags": "tcp_flags",
  "ip-version": "ip_version",
  "http-method": "http_method",
  "http-status": "http_status_code",
  "http-path": "http_path",
  "http-url": "http_url",
  "http-header": "http_header",
  "trace-id": "trace_id",
  "ip-trace-id": "ip_trace_id",
  "node-label": "node_labels",
  interface: "interface",
  encrypted: "encrypted",
  unencrypted: "encrypted",
  "trace-point": "event_type",
};
