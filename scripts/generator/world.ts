import { MICROSECOND, MINUTE } from "./clock.ts";
import { type Cluster, type ClusterNode, nodeOf, type Party, type Workload, workloadOf } from "./cluster.ts";
import { Queue } from "./queue.ts";
import type { Random } from "./random.ts";
import { AGENT, blank, L7, type Planned, type PolicyRef, policyJson } from "./record.ts";
import { CANARY_NODE } from "./shop.ts";

/** Policy revision of the agents before and after the change in the middle of the capture. */
const REVISION_BEFORE = 41;
export const REVISION_AFTER = 43;

/** A process that starts things at random moments. */
export interface Source {
  /** Starts a minute at rate 1. */
  readonly perMinute: number;
  /** Does not grow with the rate of the shop's traffic (probes, noise). */
  readonly fixed?: boolean;
  /** Nanoseconds; active from `from` until `to`. */
  readonly from?: number;
  readonly to?: number;
  readonly start: (at: number) => void;
}

/** Everything that planning needs: the cluster, the dice, the queue, and the calendar of the story. */
export class World {
  readonly queue = new Queue();
  private readonly policyTexts = new Map<string, string>();
  private readonly serviceParties = new Map<string, Party>();

  constructor(
    readonly cluster: Cluster,
    readonly random: Random,
    /** Start of the incident and end of the capture, in nanoseconds. */
    readonly incidentAt: number,
    readonly end: number,
  ) {}

  /**
   * Puts a record in the queue. `trueTime` becomes the time of the node's clock; proxies stamp whole
   * microseconds. The place in the file is a little later, by how long the record takes to the exporter.
   */
  add(record: Planned, trueTime: number): void {
    const stamped =
      record.event === L7 ? this.proxyTime(trueTime, record.node) : this.nodeTime(trueTime, record.node);
    record.time = stamped;
    const lag = record.event === L7 ? this.random.unit() * 1_500_000 : this.random.unit() * 180_000;
    record.order = stamped + (record.event === AGENT ? 2_000_000 : lag);
    this.queue.push(record);
  }

  nodeTime(trueTime: number, node: number): number {
    return Math.round(trueTime) + nodeOf(this.cluster, node).skew;
  }

  proxyTime(trueTime: number, node: number): number {
    return Math.floor(this.nodeTime(trueTime, node) / MICROSECOND) * MICROSECOND;
  }

  node(index: number): ClusterNode {
    return nodeOf(this.cluster, index);
  }

  workload(key: string): Workload {
    return workloadOf(this.cluster, key);
  }

  pod(key: string): Party {
    return this.random.pick(this.workload(key).pods);
  }

  /** One entry of `egress_allowed_by`. The same rule shows a later revision after the change. */
  policy(policy: PolicyRef, at: number): string {
    const revision = at < this.incidentAt ? REVISION_BEFORE : REVISION_AFTER;
    const key = `${policy.kind}/${policy.namespace}/${policy.name}/${revision}`;
    const known = this.policyTexts.get(key);
    if (known) return known;
    const text = policyJson(policy, revision);
    this.policyTexts.set(key, text);
    return text;
  }

  /** Pods on the canary node ask the node-local cache once the incident has begun. */
  resolverOf(client: Party, at: number): Party {
    if (client.node === CANARY_NODE && at >= this.incidentAt) return this.pod("kube-system/node-local-dns");
    return this.pod("kube-system/coredns");
  }

  /** The service address of a workload: no endpoint, nothing known but the number. */
  service(workload: Workload): Party {
    const known = this.serviceParties.get(workload.key);
    if (known) return known;
    const pod = workload.pods[0];
    if (!pod) throw new Error(`no pod in ${workload.key}`);
    const json = pod.json.map(() => '{"labels":["reserved:unknown"]}');
    const party: Party = { ...pod, kind: "world", podName: "", ip: workload.serviceIp, node: -1, json };
    this.serviceParties.set(workload.key, party);
    return party;
  }

  /** A line that is no flow. `payload` is its JSON. */
  line(event: number, at: number, node: number, payload: string): void {
    const record = blank(at, node, event);
    record.payload = payload;
    this.add(record, at);
  }

  /** Starts what the sources have for the interval from `from` to `to`. */
  plan(sources: readonly Source[], from: number, to: number, rate: number): void {
    for (const source of sources) {
      if (source.from !== undefined && to <= source.from) continue;
      if (source.to !== undefined && from >= source.to) continue;
      const mean = (source.perMinute * (source.fixed ? 1 : rate) * (to - from)) / MINUTE;
      for (let n = this.random.count(mean); n > 0; n--) {
        const at = from + this.random.unit() * (to - from);
        if (source.from === undefined || at >= source.from) source.start(Math.round(at));
      }
    }
  }
}
