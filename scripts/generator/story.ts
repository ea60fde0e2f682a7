import { MILLISECOND, SECOND } from "./clock.ts";
import { AGENT, policyLabels } from "./record.ts";
import { backgroundSources } from "./traffic/background.ts";
import { CHANGED_POLICY, DENY_LEDGER, incidentSources, shopSources } from "./traffic/shop-traffic.ts";
import { REVISION_AFTER, type Source, type World } from "./world.ts";

/** Everything that happens in the capture. */
export function allSources(w: World): readonly Source[] {
  return [...shopSources(w), ...incidentSources(w), ...backgroundSources(w)];
}

/** The agents' own messages: the policy change and the new DNS cache, each at its moment. */
export function planAgentEvents(w: World): void {
  for (const node of w.cluster.nodes) {
    const at = w.incidentAt + w.random.int(-40, -5) * MILLISECOND;
    policyUpdate(w, at, node.index, policyLabels(CHANGED_POLICY), REVISION_AFTER - 1);
    policyUpdate(w, at + 2 * MILLISECOND, node.index, policyLabels(DENY_LEDGER), REVISION_AFTER);
    newResolver(w, w.incidentAt - 20 * SECOND + w.random.int(0, 300) * MILLISECOND, node.index);
  }
}

function policyUpdate(w: World, at: number, node: number, labels: readonly string[], revision: number): void {
  const update = `{"labels":${JSON.stringify(labels)},"revision":"${revision}","rule_count":"1"}`;
  w.line(AGENT, at, node, `{"type":"POLICY_UPDATED","policy_update":${update}}`);
}

interface EndpointJson {
  readonly ID?: number;
  readonly identity?: number;
  readonly labels?: readonly string[];
}

/** The pod of the node-local cache starts on one node; every node learns its address. */
function newResolver(w: World, at: number, node: number): void {
  const pod = w.pod("kube-system/node-local-dns");
  const endpoint: EndpointJson = JSON.parse(pod.json[node] ?? "{}");
  const name = `"namespace":"kube-system","pod_name":"${pod.podName}"`;
  const upsert = `{"cidr":"${pod.ip}/32","identity":${endpoint.identity},"host_ip":"${w.node(pod.node).ip}",${name}}`;
  w.line(AGENT, at + 40 * MILLISECOND, node, `{"type":"IPCACHE_UPSERTED","ipcache_update":${upsert}}`);
  if (node !== pod.node) return;
  const subject = `"id":"${endpoint.ID}","labels":${JSON.stringify(endpoint.labels)}`;
  const created = `{${subject},"pod_name":"${pod.podName}","namespace":"kube-system"}`;
  w.line(AGENT, at, node, `{"type":"ENDPOINT_CREATED","endpoint_update":${created}}`);
  const regenerated = `{"type":"ENDPOINT_REGENERATE_SUCCESS","endpoint_regenerate":{${subject}}}`;
  w.line(AGENT, at + 900 * MILLISECOND, node, regenerated);
}

/** A stretch of time in which a node loses a share of its datapath events. */
export interface LossWindow {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly share: number;
  /** The `cpu` member of the line; the queue of the observer belongs to no CPU. */
  readonly cpu: number | null;
}

/** Where events get lost. Only datapath events: access-log records take another way. */
export function lossWindows(w: World): readonly LossWindow[] {
  const window = (
    node: number,
    start: number,
    seconds: number,
    share: number,
    cpu: number | null,
  ): LossWindow => {
    const from = Math.round(w.end * start);
    return { node, from, to: from + seconds * SECOND, share, cpu };
  };
  return [
    window(2, 0.21, 8, 0.5, 1),
    window(1, 0.61, 25, 0.6, 0),
    window(2, 0.74, 25, 0.5, null),
    window(0, 0.88, 6, 0.7, 3),
  ];
}
