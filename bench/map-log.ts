/** A log of a cluster with so many workloads and edges, the same each time; one in fifty edges is denied. */

interface MapLogSize {
  readonly workloads: number;
  readonly pods: number;
  readonly edges: number;
}

const START_MS = Date.UTC(2026, 4, 12, 9, 0, 0);
const PER_NAMESPACE = 15;
const WORDS = [
  "web",
  "api",
  "worker",
  "cache",
  "store",
  "queue",
  "auth",
  "search",
  "report",
  "sync",
  "gate",
  "mail",
];

export function mapLog({ workloads, pods, edges }: MapLogSize): string {
  const next = random(7);
  const lines: string[] = [];
  const seen = new Set<string>();
  const perWorkload = Math.max(1, Math.round(pods / workloads));
  for (let n = 0; lines.length < edges; n++) {
    // Most talk to neighbours in their own namespace, a few services are asked by all.
    const from = Math.floor(next() * workloads);
    const near = Math.floor(from / PER_NAMESPACE) * PER_NAMESPACE + Math.floor(next() * PER_NAMESPACE);
    const to = next() < 0.55 ? near % workloads : Math.floor(next() ** 3 * workloads);
    const [a, b] = [Math.floor(next() * perWorkload), Math.floor(next() * perWorkload)];
    const key = pods === workloads ? `${from} ${to}` : `${from} ${a} ${to} ${b}`;
    if ((from === to && a === b) || seen.has(key)) continue;
    seen.add(key);
    lines.push(record(n, pod(from, a), pod(to, b), next() < 0.02));
  }
  return `${lines.join("\n")}\n`;
}

function record(n: number, source: Pod, destination: Pod, isDenied: boolean): string {
  const time = `${new Date(START_MS + n * 20).toISOString().slice(0, 23)}000000Z`;
  return JSON.stringify({
    flow: {
      time,
      verdict: isDenied ? "DROPPED" : "FORWARDED",
      ...(isDenied && { drop_reason: 133, drop_reason_desc: "POLICY_DENIED" }),
      IP: { source: source.ip, destination: destination.ip, ipVersion: "IPv4" },
      l4: { TCP: { source_port: 40_000 + (n % 20_000), destination_port: 8080, flags: { SYN: true } } },
      source: source.side,
      destination: destination.side,
      Type: "L3_L4",
      node_name: "node-1",
      event_type: isDenied ? { type: 1, sub_type: 133 } : { type: 4 },
      traffic_direction: "INGRESS",
      is_reply: false,
    },
    node_name: "node-1",
    time,
  });
}

interface Pod {
  readonly ip: string;
  readonly side: object;
}

function pod(workload: number, number: number): Pod {
  const namespace = `team-${Math.floor(workload / PER_NAMESPACE)}`;
  const name = `${WORDS[workload % WORDS.length]}-${workload}`;
  return {
    ip: `10.${Math.floor(workload / 200)}.${workload % 200}.${number + 1}`,
    side: {
      identity: 1000 + workload,
      namespace,
      labels: [`k8s:app=${name}`, `k8s:io.kubernetes.pod.namespace=${namespace}`],
      pod_name: `${name}-7d4b9c6f5-${String(number).padStart(5, "x")}`,
      workloads: [{ name, kind: "Deployment" }],
    },
  };
}

/** Numbers from 0 to 1, the same for the same seed (Lehmer). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
