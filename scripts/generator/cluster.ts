import { EDGES, type EdgeSpec } from "./connections.ts";
import { moreWorkloads } from "./more-workloads.ts";
import { Random } from "./random.ts";
import { CLUSTER, NAMESPACE_LABELS, PEERS, type PeerSpec, WORKLOADS, type WorkloadSpec } from "./shop.ts";

/** Anything that can be the source or the destination of a packet. */
export interface Party {
  readonly kind: "pod" | "host" | "world";
  /** `namespace/workload`, DNS name, CIDR, or IP: how the truth names this party. */
  readonly name: string;
  readonly workload: Workload | null;
  readonly peer: PeerSpec | null;
  readonly podName: string;
  readonly ip: string;
  /** Node it runs on, -1 outside the cluster. */
  readonly node: number;
  /** The endpoint as JSON, as each node (by index) writes it: `ID` and `workloads` only at home. */
  readonly json: readonly string[];
  /** Identity and labels only: what is left when the address is not known as an endpoint. */
  readonly bare: string;
  readonly mac: string;
  /** Host side of the pod's interface. */
  readonly hostMac: string;
  /** `"interface":{...}` of the pod's interface, empty for others. */
  readonly device: string;
  /** Names this pod has looked up through the DNS proxy (keys of peers). */
  readonly resolved: Set<string>;
  nextPort: number;
}

export interface Workload {
  readonly key: string;
  readonly spec: WorkloadSpec;
  readonly pods: Party[];
  readonly serviceIp: string;
}

export interface ClusterNode {
  readonly index: number;
  /** Bare name, as in the file name. */
  readonly name: string;
  /** `cluster/node`, as in the records. */
  readonly fullName: string;
  readonly ip: string;
  readonly mac: string;
  readonly host: Party;
  /** The agent's health endpoint. */
  readonly health: Party;
  /** `"node_name":...,"node_labels":[...]`. */
  readonly json: string;
  /** How far this node's clock is off, in nanoseconds. */
  readonly skew: number;
}

export interface Cluster {
  readonly nodes: readonly ClusterNode[];
  readonly workloads: ReadonlyMap<string, Workload>;
  /** Who talks to whom. */
  readonly edges: readonly EdgeSpec[];
  readonly peers: ReadonlyMap<string, readonly Party[]>;
  readonly visitors: readonly Party[];
}

const HASH = "bcdfghjklmnpqrstvwxz2456789";
const FIRST_PORT = 32768;
const PORTS = 28232;
/** Pods in an address range of a node, and services in one of the cluster. */
const PODS = 70;
const SERVICES = 200;

/** The next ephemeral port of a party. All 28,232 are used before one comes again. */
export function takePort(party: Party): number {
  const port = party.nextPort;
  party.nextPort = FIRST_PORT + ((port - FIRST_PORT + 7) % PORTS);
  return port;
}

export function workloadOf(cluster: Cluster, key: string): Workload {
  const workload = cluster.workloads.get(key);
  if (!workload) throw new Error(`no workload ${key}`);
  return workload;
}

export function nodeOf(cluster: Cluster, index: number): ClusterNode {
  const node = cluster.nodes[index];
  if (!node) throw new Error(`no node ${index}`);
  return node;
}

/** With as many workloads as the shop has, unless there shall be more. */
export function buildCluster(seed: number, nodeCount: number, workloadCount = WORKLOADS.length): Cluster {
  const builder = new Builder(new Random(seed, 1), nodeCount);
  const nodes = Array.from({ length: nodeCount }, (_, i) => builder.node(i));
  const workloads = new Map<string, Workload>();
  WORKLOADS.forEach((spec, i) => {
    const workload = builder.workload(spec, i);
    workloads.set(workload.key, workload);
  });
  const peers = new Map<string, readonly Party[]>();
  PEERS.forEach((spec, i) => {
    peers.set(
      spec.key,
      spec.ips.map((ip) => builder.peer(spec, i, ip)),
    );
  });
  peers.set("kube-apiserver", [
    builder.reserved(
      "kube-apiserver",
      "192.168.10.5",
      7,
      ["reserved:kube-apiserver", "reserved:remote-node"],
      -1,
    ),
  ]);
  const visitors = Array.from({ length: 48 }, () => builder.visitor());
  // Last, so that the shop is the same beside however many.
  const more = moreWorkloads(Math.max(0, workloadCount - WORKLOADS.length));
  more.workloads.forEach((spec, i) => {
    const workload = builder.workload(spec, WORKLOADS.length + i);
    workloads.set(workload.key, workload);
  });
  return { nodes, workloads, edges: [...EDGES, ...more.edges], peers, visitors };
}

class Builder {
  private readonly usedIdentities = new Set<number>();
  private readonly usedEndpointIds: Set<number>[];
  private readonly podsOnNode: number[];

  constructor(
    private readonly random: Random,
    private readonly nodeCount: number,
  ) {
    this.usedEndpointIds = Array.from({ length: nodeCount }, () => new Set());
    this.podsOnNode = new Array<number>(nodeCount).fill(0);
  }

  node(index: number): ClusterNode {
    const name = `node-${index + 1}`;
    const fullName = `${CLUSTER}/${name}`;
    const zone = "abc"[index % 3] ?? "a";
    const labels = [`kubernetes.io/hostname=${name}`, `topology.kubernetes.io/zone=eu-west-${zone}`];
    return {
      index,
      name,
      fullName,
      ip: `192.168.10.${11 + index}`,
      mac: this.mac("52:54:00"),
      host: this.reserved("host", `${podPrefix(index)}.1`, 1, ["reserved:host"], index, 6),
      health: this.reserved("health", `${podPrefix(index)}.3`, 4, ["reserved:health"], index),
      json: `"node_name":"${fullName}","node_labels":${JSON.stringify(labels)}`,
      // Clocks of real nodes differ by a little; the first one is right.
      skew: index === 0 ? 0 : this.random.int(-1_800_000, 1_800_000),
    };
  }

  workload(spec: WorkloadSpec, index: number): Workload {
    const labels = podLabels(spec);
    const identity = this.identity();
    const factor = spec.scales ? Math.max(1, Math.floor(this.nodeCount / 3)) : 1;
    const homes = Array.from({ length: spec.nodes.length * factor }, (_, i) => {
      const base = spec.nodes[i % spec.nodes.length] ?? 0;
      return (base + 3 * Math.floor(i / spec.nodes.length)) % this.nodeCount;
    });
    const workload: Workload = {
      key: `${spec.namespace}/${spec.name}`,
      spec,
      pods: [],
      serviceIp: `10.${96 + Math.floor(index / SERVICES)}.${20 + (index % SERVICES)}.${this.random.int(2, 250)}`,
    };
    const replicaSet = this.random.text(9, HASH);
    homes.forEach((node, ordinal) => {
      const podName = this.podName(spec, replicaSet, ordinal);
      workload.pods.push(this.pod(workload, podName, node, identity, labels));
    });
    return workload;
  }

  private podName(spec: WorkloadSpec, replicaSet: string, ordinal: number): string {
    const suffix = this.random.text(5, HASH);
    if (spec.kind === "StatefulSet") return `${spec.name}-${ordinal}`;
    if (spec.kind === "DaemonSet") return `${spec.name}-${suffix}`;
    if (spec.kind === "CronJob") return `${spec.name}-29642740-${suffix}`;
    return `${spec.name}-${replicaSet}-${suffix}`;
  }

  private pod(
    workload: Workload,
    podName: string,
    node: number,
    identity: number,
    labels: readonly string[],
  ): Party {
    const { spec } = workload;
    const id = this.endpointId(node);
    const position = this.podsOnNode[node] ?? 0;
    this.podsOnNode[node] = position + 1;
    const labelText = JSON.stringify(labels);
    const shared = `"identity":${identity},"cluster_name":"${CLUSTER}","namespace":"${spec.namespace}","labels":${labelText},"pod_name":"${podName}"`;
    const away = `{${shared}}`;
    const home = `{"ID":${id},${shared},"workloads":[{"name":"${spec.name}","kind":"${spec.kind}"}]}`;
    return {
      kind: "pod",
      name: workload.key,
      workload,
      peer: null,
      podName,
      ip: `${podPrefix(node, Math.floor(position / PODS))}.${20 + (position % PODS) * 3 + this.random.int(0, 2)}`,
      node,
      json: this.perNode((i) => (i === node ? home : away)),
      bare: `{"identity":${identity},"cluster_name":"${CLUSTER}","labels":${labelText}}`,
      mac: this.mac("0a:58:7c"),
      hostMac: this.mac("fe:21:9d"),
      device: `"interface":{"index":${20 + position * 2},"name":"lxc${this.random.text(12, "0123456789abcdef")}"}`,
      resolved: new Set(),
      nextPort: this.firstPort(),
    };
  }

  /** A party with reserved labels. From other nodes it may carry another identity (remote-node). */
  reserved(
    name: string,
    ip: string,
    identity: number,
    labels: readonly string[],
    node: number,
    fromAfar = identity,
  ): Party {
    const home = `{"identity":${identity},"labels":${JSON.stringify(labels)}}`;
    const away = fromAfar === identity ? home : `{"identity":${fromAfar},"labels":["reserved:remote-node"]}`;
    return this.outside(
      "host",
      `reserved:${name}`,
      ip,
      node,
      null,
      this.perNode((i) => (i === node ? home : away)),
    );
  }

  /** Peers with a label of their own have identities that each node numbers for itself. */
  peer(spec: PeerSpec, index: number, ip: string): Party {
    const labels = spec.label ? [spec.label, "reserved:world"] : ["reserved:world"];
    const json = this.perNode((i) => {
      const identity = spec.label ? 16777217 + ((index * 5 + i * 3) % 32) : 2;
      return `{"identity":${identity},"labels":${JSON.stringify(labels)}}`;
    });
    const cidr = spec.label?.startsWith("cidr:") ? spec.label.slice("cidr:".length) : undefined;
    return this.outside("world", spec.name ?? cidr ?? ip, ip, -1, spec, json);
  }

  visitor(): Party {
    const ip = this.random.chance(0.5)
      ? `198.51.100.${this.random.int(100, 250)}`
      : `203.0.113.${this.random.int(128, 250)}`;
    return this.world(ip);
  }

  private world(ip: string): Party {
    const json = this.perNode(() => `{"identity":2,"labels":["reserved:world"]}`);
    return this.outside("world", ip, ip, -1, null, json);
  }

  private outside(
    kind: "host" | "world",
    name: string,
    ip: string,
    node: number,
    peer: PeerSpec | null,
    json: readonly string[],
  ): Party {
    return {
      kind,
      name,
      workload: null,
      peer,
      podName: "",
      ip,
      node,
      json,
      bare: json[0] ?? "{}",
      mac: this.mac("52:54:01"),
      hostMac: this.mac("52:54:01"),
      device: "",
      resolved: new Set(),
      nextPort: this.firstPort(),
    };
  }

  private perNode(write: (node: number) => string): string[] {
    return Array.from({ length: this.nodeCount }, (_, i) => write(i));
  }

  private identity(): number {
    return unused(this.usedIdentities, () => this.random.int(1024, 65000));
  }

  private endpointId(node: number): number {
    const used = this.usedEndpointIds[node];
    if (!used) throw new Error(`no node ${node}`);
    return unused(used, () => this.random.int(5, 4095));
  }

  private firstPort(): number {
    return FIRST_PORT + this.random.int(0, PORTS - 1);
  }

  private mac(prefix: string): string {
    const rest = this.random.text(6, "0123456789abcdef");
    return `${prefix}:${rest.slice(0, 2)}:${rest.slice(2, 4)}:${rest.slice(4, 6)}`;
  }
}

function unused(used: Set<number>, draw: () => number): number {
  for (;;) {
    const value = draw();
    if (used.has(value)) continue;
    used.add(value);
    return value;
  }
}

/** A node with more pods than an address range has room for has several. */
function podPrefix(node: number, range = 0): string {
  return range === 0 ? `10.244.${node}` : `10.${range}.${node}`;
}

/** Labels as Cilium writes them: with source prefix, sorted. */
function podLabels(spec: WorkloadSpec): string[] {
  const { namespace } = spec;
  const account = spec.serviceAccount ?? spec.name;
  const own = [`${spec.appLabel ?? "app"}=${spec.app ?? spec.name}`, ...(spec.labels ?? [])];
  const ofNamespace = [`kubernetes.io/metadata.name=${namespace}`, ...(NAMESPACE_LABELS[namespace] ?? [])];
  return [
    ...own,
    ...ofNamespace.map((label) => `io.cilium.k8s.namespace.labels.${label}`),
    `io.cilium.k8s.policy.cluster=${CLUSTER}`,
    `io.cilium.k8s.policy.serviceaccount=${account}`,
    `io.kubernetes.pod.namespace=${namespace}`,
  ]
    .map((label) => `k8s:${label}`)
    .sort();
}

/** An address that no endpoint has any more: seen as world without a name. */
export function strayAddress(cluster: Cluster, ip: string): Party {
  const like = cluster.visitors[0];
  if (!like) throw new Error("no visitor");
  return { ...like, name: ip, ip, resolved: new Set() };
}
