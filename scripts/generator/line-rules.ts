/**
 * Checks written lines against the rules of the Hubble flow message, independently of the code that
 * writes them: only the text is looked at.
 */
import { type EndpointJson, type FlowJson, type LineJson, timeNs } from "./flow-json.ts";

type Report = (rule: string, holds: boolean) => void;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6}|\.\d{9})?Z$/;
const POINTS: Readonly<Record<number, string>> = {
  0: "TO_ENDPOINT",
  1: "TO_PROXY",
  3: "TO_STACK",
  4: "TO_OVERLAY",
  11: "TO_NETWORK",
};
const REASONS: Readonly<Record<number, string>> = {
  132: "INVALID_SOURCE_IP",
  133: "POLICY_DENIED",
  139: "UNSUPPORTED_L3_PROTOCOL",
  151: "STALE_OR_UNROUTABLE_IP",
  181: "POLICY_DENY",
  201: "MULTICAST_HANDLED",
};
const FLAG_ORDER = ["SYN", "ACK", "RST", "FIN", "PSH"];
const FLOW_KEYS = new Set(
  (
    "time uuid emitter verdict drop_reason ethernet IP l4 source destination Type node_name node_labels source_names " +
    "destination_names l7 reply event_type source_service destination_service traffic_direction policy_match_type " +
    "trace_observation_point trace_reason file drop_reason_desc is_reply interface proxy_port trace_context " +
    "sock_xlate_point socket_cookie cgroup_id Summary egress_allowed_by ingress_allowed_by egress_denied_by ingress_denied_by"
  ).split(" "),
);

/** Remembers what must be the same, or different, over all lines of a capture. */
export class LineRules {
  /** Rule to the first lines that break it. */
  readonly broken = new Map<string, string[]>();
  private readonly uuids = new Set<string>();
  /** Home node of each pod, learned from the endpoint ids. */
  private readonly homes = new Map<string, string>();
  /** Pods seen without an id, by node: none of them may be at home there. */
  private readonly away = new Map<string, string>();
  private newest = 0;
  /** How often a line is older than the one before it, and by how much at most. */
  inversions = 0;
  farthestBack = 0;

  check(text: string, node?: string): void {
    const report: Report = (rule, holds) => {
      if (holds) return;
      const lines = this.broken.get(rule) ?? [];
      if (lines.length < 3) lines.push(text);
      this.broken.set(rule, lines);
    };
    const line: LineJson = JSON.parse(text);
    const [member = "", ...rest] = Object.keys(line);
    report(
      "envelope",
      ["flow", "lost_events", "agent_event"].includes(member) && rest.join() === "node_name,time",
    );
    report("file holds one node", node === undefined || line.node_name === node);
    report("node is cluster/node", /^[a-z-]+\/node-\d+$/.test(line.node_name ?? ""));
    report("time", goodTime(line.time));
    report("no zero values", noZeros(line, ""));
    this.order(timeNs(line.time ?? ""));
    if (line.lost_events) lost(line.lost_events, report);
    if (!line.flow) return;
    report(
      "envelope repeats the flow",
      line.flow.time === line.time && line.flow.node_name === line.node_name,
    );
    report("uuid is unique", UUID.test(line.flow.uuid ?? "") && !this.uuids.has(line.flow.uuid ?? ""));
    this.uuids.add(line.flow.uuid ?? "");
    flowRules(line.flow, report);
    for (const end of [line.flow.source, line.flow.destination]) this.home(end, line.node_name ?? "", report);
  }

  private order(time: number): void {
    if (time < this.newest) this.inversions++;
    this.farthestBack = Math.max(this.farthestBack, this.newest - time);
    this.newest = Math.max(this.newest, time);
  }

  private home(end: EndpointJson | undefined, node: string, report: Report): void {
    if (!end?.pod_name) {
      report("only pods have an id", end?.ID === undefined && end?.workloads === undefined);
      return;
    }
    const pod = `${end.namespace}/${end.pod_name}`;
    const local = end.ID !== undefined;
    report("id and workloads go together", local === (end.workloads?.length === 1));
    report("pods carry their cluster", end.cluster_name === node.split("/")[0]);
    report(
      "namespace label",
      end.labels?.includes(`k8s:io.kubernetes.pod.namespace=${end.namespace}`) ?? false,
    );
    if (local) {
      report("id only at home", (this.homes.get(pod) ?? node) === node);
      this.homes.set(pod, node);
    } else this.away.set(`${pod} ${node}`, pod);
    const home = this.homes.get(pod);
    report("at home there is an id", home === undefined || !this.away.has(`${pod} ${home}`));
  }
}

function goodTime(time: string | undefined): boolean {
  return time !== undefined && TIME.test(time) && !/\.(\d{3}){0,2}000Z$/.test(time);
}

/** Zero values are absent, except where absent means something else. */
function noZeros(value: unknown, path: string): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every((item) => noZeros(item, path));
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value);
    if (entries.length === 0) return path.endsWith(".ICMPv4");
    return entries.every(([key, item]) => noZeros(item, `${path}.${key}`));
  }
  if (path === ".flow.is_reply" || path === ".lost_events.cpu") return true;
  return Boolean(value) && value !== "0";
}

function lost(event: NonNullable<LineJson["lost_events"]>, report: Report): void {
  report("lost: count is text", /^[1-9]\d*$/.test(event.num_events_lost ?? ""));
  const ring = event.source === "PERF_EVENT_RING_BUFFER";
  report("lost: source", ring || event.source === "OBSERVER_EVENTS_QUEUE");
  report("lost: cpu only for the ring buffer", ring === (event.cpu !== undefined));
  report(
    "lost: range",
    goodTime(event.first) && goodTime(event.last) && timeNs(event.first ?? "") < timeNs(event.last ?? ""),
  );
}

function flowRules(flow: FlowJson, report: Report): void {
  for (const key of Object.keys(flow)) report(`field ${key} is known`, FLOW_KEYS.has(key));
  report("emitter", flow.emitter?.name === "Hubble" && /^\d+\.\d+\.\d+$/.test(flow.emitter.version ?? ""));
  report("l4 has one key", Object.keys(flow.l4 ?? {}).length === 1);
  report("reply repeats is_reply", (flow.reply === true) === (flow.is_reply === true));
  report("drop reason has its text", flow.drop_reason_desc === REASONS[flow.drop_reason ?? 0]);
  report(
    "summary",
    flow.Summary !== undefined && (flow.Type !== "L3_L4" || flow.Summary === packetSummary(flow)),
  );
  for (const end of [flow.source, flow.destination]) {
    const labels = end?.labels ?? [];
    report(
      "labels are sorted",
      labels.every((label, i) => i === 0 || (labels[i - 1] ?? "") <= label),
    );
    report("identity", labels.join() === "reserved:unknown" || (end?.identity ?? 0) > 0);
  }
  const type = flow.event_type?.type;
  report(
    "policies and match type only on verdicts",
    type === 5 || (policies(flow).length === 0 && flow.policy_match_type === undefined),
  );
  report("file only on drop events", (type === 1) === (flow.file !== undefined));
  report("points only on traces", (type === 4) === (flow.trace_observation_point !== undefined));
  report(
    "l7 only on L7",
    (flow.Type === "L7") === (flow.l7 !== undefined) && (type === 129) === (flow.Type === "L7"),
  );
  report("socket fields only on SOCK", (type === 7) === (flow.sock_xlate_point !== undefined));
  if (type === 1) dropRules(flow, report);
  else if (type === 4) traceRules(flow, report);
  else if (type === 5) verdictRules(flow, report);
  else if (type === 7) sockRules(flow, report);
  else if (type === 129) l7Rules(flow, report);
  else report("event type", false);
  observer(flow, report);
  names(flow, report);
}

function policies(flow: FlowJson): string[] {
  return Object.keys(flow).filter((key) => key.endsWith("_allowed_by") || key.endsWith("_denied_by"));
}

function packetSummary(flow: FlowJson): string {
  const [[protocol = "", l4 = {}] = []] = Object.entries(flow.l4 ?? {});
  if (protocol === "TCP") return `TCP Flags: ${FLAG_ORDER.filter((flag) => l4.flags?.[flag]).join(", ")}`;
  if (protocol === "ICMPv4") return l4.type === 8 ? "ICMPv4 EchoRequest" : "ICMPv4 EchoReply";
  return protocol === "ICMPv6" ? "ICMPv6 RouterSolicitation" : protocol;
}

function dropRules(flow: FlowJson, report: Report): void {
  report("drop: verdict", flow.verdict === "DROPPED");
  report(
    "drop: sub type is the reason",
    flow.event_type?.sub_type === flow.drop_reason && flow.drop_reason !== undefined,
  );
  report("drop: no is_reply", flow.is_reply === undefined);
  report("drop: L3_L4 without interface", flow.Type === "L3_L4" && flow.interface === undefined);
}

function traceRules(flow: FlowJson, report: Report): void {
  report("trace: verdict", flow.verdict === "FORWARDED" && flow.drop_reason === undefined);
  report(
    "trace: point is the sub type",
    POINTS[flow.event_type?.sub_type ?? 0] === flow.trace_observation_point,
  );
  report(
    "trace: reply is known where the reason is",
    (flow.trace_reason === undefined) === (flow.is_reply === undefined),
  );
  report(
    "trace: reason fits reply",
    flow.is_reply === undefined || (flow.trace_reason === "REPLY") === flow.is_reply,
  );
  report("trace: ethernet", flow.ethernet !== undefined);
}

function verdictRules(flow: FlowJson, report: Report): void {
  const lists = policies(flow);
  report("verdict: no sub type", flow.event_type?.sub_type === undefined);
  if (flow.verdict === "DROPPED") {
    report("verdict: denied has no is_reply", flow.is_reply === undefined);
    report("verdict: denied has a reason", flow.drop_reason !== undefined);
    const expected = flow.drop_reason === 181 ? `${flow.traffic_direction?.toLowerCase()}_denied_by` : "";
    report("verdict: policies of a denial", lists.join() === expected);
    report(
      "verdict: default deny matches nothing",
      flow.drop_reason !== 133 || flow.policy_match_type === undefined,
    );
    return;
  }
  report("verdict: no reason when allowed", flow.drop_reason === undefined && flow.is_reply === false);
  if (flow.verdict === "AUDIT")
    report("verdict: audit matches nothing", lists.length === 0 && flow.policy_match_type === undefined);
  else {
    report("verdict: allowed", flow.verdict === "FORWARDED" || flow.verdict === "REDIRECTED");
    report(
      "verdict: policies in the direction",
      lists.join() === `${flow.traffic_direction?.toLowerCase()}_allowed_by`,
    );
    report("verdict: something matched", (flow.policy_match_type ?? 0) > 0);
  }
  for (const policy of [
    ...(flow.egress_allowed_by ?? []),
    ...(flow.ingress_allowed_by ?? []),
    ...(flow.egress_denied_by ?? []),
  ]) {
    report("policy: revision is text", typeof policy.revision === "string");
    report(
      "policy: named by its labels",
      policy.labels?.includes(`k8s:io.cilium.k8s.policy.name=${policy.name}`) ?? false,
    );
    report(
      "policy: kind",
      policy.labels?.includes(`k8s:io.cilium.k8s.policy.derived-from=${policy.kind}`) ?? false,
    );
  }
}

function sockRules(flow: FlowJson, report: Report): void {
  const first = flow.event_type?.sub_type === 1;
  report("sock: verdict", flow.verdict === (first ? "TRACED" : "TRANSLATED"));
  report(
    "sock: neither reply nor direction",
    flow.is_reply === undefined && flow.traffic_direction === undefined,
  );
  report(
    "sock: no source port",
    flow.l4?.TCP?.source_port === undefined && flow.l4?.TCP?.destination_port !== undefined,
  );
}

function l7Rules(flow: FlowJson, report: Report): void {
  const response = flow.l7?.type === "RESPONSE";
  report("l7: type", response || flow.l7?.type === "REQUEST");
  report("l7: only a response is a reply", flow.is_reply === response);
  report(
    "l7: no ethernet, interface or flags",
    !flow.ethernet && !flow.interface && flow.l4?.TCP?.flags === undefined,
  );
  report("l7: no drop reason", flow.drop_reason === undefined);
  report("l7: verdict", flow.verdict === "FORWARDED" || (flow.verdict === "DROPPED" && !response));
  const { dns, http } = flow.l7 ?? {};
  report("l7: one protocol", (dns === undefined) !== (http === undefined));
  if (dns) {
    report("dns: final dot", dns.query?.endsWith(".") ?? false);
    report("dns: query types", dns.qtypes?.length === 1);
    report("dns: no latency", flow.l7?.latency_ns === undefined);
    report(
      "dns: question only in requests",
      response || Object.keys(dns).join() === "query,observation_source,qtypes",
    );
    report("dns: no addresses with an error", !dns.rcode || dns.ips === undefined);
    report(
      "dns: summary",
      flow.Summary?.startsWith(response ? "DNS Answer " : `DNS Query ${dns.query} `) ?? false,
    );
  }
  if (http) httpRules(flow, http, response, report);
}

type HttpJson = NonNullable<NonNullable<FlowJson["l7"]>["http"]>;

function httpRules(flow: FlowJson, http: HttpJson, response: boolean, report: Report): void {
  const keys = (http.headers ?? []).map((header) => header.key);
  const latency = flow.l7?.latency_ns;
  report("http: code on responses only", (http.code !== undefined) === response);
  report("http: headers are sorted", keys.join() === [...keys].sort().join());
  report("http: latency is text", latency === undefined || /^[1-9]\d*$/.test(latency));
  report(
    "http: latency needs the request id",
    (latency !== undefined) === (response && keys.includes("X-Request-Id")),
  );
  const call = `${http.method} ${http.url}`;
  const ms = Math.floor(Number(latency ?? 0) / 1e6);
  const expected = response ? `${http.protocol} ${http.code} ${ms}ms (${call})` : `${http.protocol} ${call}`;
  report("http: summary", flow.Summary === expected);
}

/** The direction is that of the connection, seen from the endpoint that observed it: it must be local. */
function observer(flow: FlowJson, report: Report): void {
  const client = flow.is_reply ? flow.destination : flow.source;
  const server = flow.is_reply ? flow.source : flow.destination;
  if (flow.traffic_direction === "EGRESS") report("egress: the client is local", client?.ID !== undefined);
  if (flow.traffic_direction === "INGRESS") {
    const pod = server?.pod_name === undefined || server.ID !== undefined;
    report("ingress: the server is local", pod);
  }
  const point = flow.trace_observation_point;
  if (point === "TO_ENDPOINT")
    report("to-endpoint: direction", flow.traffic_direction === (flow.is_reply ? "EGRESS" : "INGRESS"));
}

/** Names are those the local client has resolved for its peer. */
function names(flow: FlowJson, report: Report): void {
  if (flow.source_names)
    report(
      "source names: answer to a local client",
      flow.is_reply === true && flow.destination?.ID !== undefined,
    );
  if (flow.destination_names)
    report("destination names: of a local client", flow.is_reply !== true && flow.source?.ID !== undefined);
  for (const name of [...(flow.source_names ?? []), ...(flow.destination_names ?? [])])
    report("names have no final dot", !name.endsWith("."));
}
