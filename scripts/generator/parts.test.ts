import { isIPv4 } from "node:net";
import { describe, expect, it } from "vitest";
import { timeText } from "./clock";
import { buildCluster, nodeOf, type Party, takePort, workloadOf } from "./cluster";
import { LatencyCounter } from "./latency";
import { readOptions } from "./options";
import { Queue } from "./queue";
import { Random } from "./random";
import { ACK, blank, type Denial, DROP, PSH, policyJson, SYN, TRACE, VERDICT } from "./record";
import { joinDrops } from "./recount";
import { Renderer } from "./render";
import { Tally } from "./tally";

describe("time", () => {
  it.each([
    [0, "2026-05-12T09:40:00Z"],
    [1, "2026-05-12T09:40:00.000000001Z"],
    [1_500_000_000, "2026-05-12T09:40:01.500Z"],
    [61_000_250_000, "2026-05-12T09:41:01.000250Z"],
    [3_600_000_000_000 + 123_456_789, "2026-05-12T10:40:00.123456789Z"],
    [-1_000_000, "2026-05-12T09:39:59.999Z"],
  ])("%i ns after the start is written as %s", (ns, text) => {
    expect(timeText(ns)).toBe(text);
  });
});

describe("the queue", () => {
  it("gives records in order, equal ones as they came, and none from the limit on", () => {
    const queue = new Queue();
    for (const [order, node] of [
      [30, 0],
      [10, 1],
      [20, 2],
      [10, 3],
      [40, 4],
      [5, 5],
    ] as const) {
      queue.push(blank(order, node, TRACE));
    }
    const nodes: number[] = [];
    for (let next = queue.popBefore(40); next; next = queue.popBefore(40)) nodes.push(next.node);
    expect(nodes).toEqual([5, 1, 3, 2, 0]);
    expect(queue.size).toBe(1);
  });
});

describe("random numbers", () => {
  it("make valid uuids that differ", () => {
    const random = new Random(1);
    const uuids = Array.from({ length: 1000 }, () => random.uuid());
    expect(new Set(uuids).size).toBe(1000);
    for (const uuid of uuids)
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("count as many events as expected on average, also for large means", () => {
    const random = new Random(2);
    const total = Array.from({ length: 400 }, () => random.count(50)).reduce((sum, n) => sum + n, 0);
    // 400 draws of mean 50: the sum has a standard deviation of 141.
    expect(Math.abs(total - 20_000)).toBeLessThan(5 * 141);
    expect(random.count(0)).toBe(0);
  });
});

describe("latency", () => {
  it("keeps sum and extremes exactly and percentiles within 1 %", () => {
    const counter = new LatencyCounter();
    for (let i = 1; i <= 100; i++) counter.add(i * 1_000_000);
    const result = counter.result();
    expect(result).toMatchObject({
      samples: 100,
      minNs: 1_000_000,
      maxNs: 100_000_000,
      sumNs: 5_050_000_000,
    });
    expect(Math.abs((result?.p50Ns ?? 0) / 50_000_000 - 1)).toBeLessThan(0.01);
    expect(Math.abs((result?.p95Ns ?? 0) / 95_000_000 - 1)).toBeLessThan(0.01);
  });

  it("has no result without samples", () => {
    expect(new LatencyCounter().result()).toBeNull();
  });
});

describe("a cluster of 3,000 workloads", () => {
  const cluster = buildCluster(5, 3, 3000);
  const pods = [...cluster.workloads.values()].flatMap((workload) => workload.pods);

  it("has so many, each address once, and the shop as it is without them", () => {
    expect(cluster.workloads.size).toBe(3000);
    expect(new Set(pods.map(({ ip }) => ip)).size).toBe(pods.length);
    expect(new Set([...cluster.workloads.values()].map(({ serviceIp }) => serviceIp)).size).toBe(3000);
    for (const { ip } of pods) expect(isIPv4(ip)).toBe(true);
    for (const [key, workload] of buildCluster(5, 3).workloads)
      expect(cluster.workloads.get(key)?.pods).toEqual(workload.pods);
  });

  it("has an edge from or to each workload, between workloads that are there", () => {
    const ends = cluster.edges.flatMap(({ client, server }) => [client, server]);
    const more = [...cluster.workloads.keys()].filter((key) => key.startsWith("team-"));
    expect(more).toHaveLength(2977);
    const known = new Set(ends);
    for (const key of more) expect(known.has(key), key).toBe(true);
    for (const end of ends) expect(cluster.workloads.has(end) || cluster.peers.has(end)).toBe(true);
  });
});

describe("options", () => {
  it("have defaults for all but the folder", () => {
    expect(readOptions(["--out", "x"])).toEqual({
      ok: true,
      value: {
        out: "x",
        seed: 5,
        nodes: 3,
        workloads: null,
        minutes: null,
        records: null,
        bytes: null,
        singleFile: false,
        gzip: false,
        format: "hubble",
      },
    });
  });

  it("read every switch", () => {
    const args = [
      "--records",
      "1000000",
      "--single-file",
      "--out",
      "d",
      "--seed",
      "0",
      "--nodes",
      "12",
      "--workloads",
      "300",
      "--minutes",
      "90",
      "--gzip",
      "--format",
      "azure-csv",
    ];
    expect(readOptions(args)).toEqual({
      ok: true,
      value: {
        out: "d",
        seed: 0,
        nodes: 12,
        workloads: 300,
        minutes: 90,
        records: 1_000_000,
        bytes: null,
        singleFile: true,
        gzip: true,
        format: "azure-csv",
      },
    });
  });

  it.each([
    [[], "--out is missing"],
    [["--out"], "--out needs a value or is not known"],
    [["--out", "x", "--speed", "1"], "--speed is not known"],
    [["--out", "x", "--format", "toString"], "--format toString is not known"],
    [["--out", "x", "--nodes", "2"], "--nodes must be a whole number from 3 to 200"],
    [["--out", "x", "--workloads", "22"], "--workloads must be a whole number from 23 to 3000"],
    [["--out", "x", "--records", "1e6"], "--records must be a whole number from 1 to 1000000000"],
    [["--out", "x", "--records", "1", "--bytes", "1"], "--records and --bytes exclude each other"],
  ])("refuse %j", (args, message) => {
    expect(readOptions(args)).toMatchObject({ ok: false, failure: { code: "usage", message } });
  });
});

describe("the cluster", () => {
  const cluster = buildCluster(5, 3);

  it("gives every pod its own address and name, in the range of its node", () => {
    const pods = [...cluster.workloads.values()].flatMap((workload) => workload.pods);
    expect(new Set(pods.map((pod) => pod.ip)).size).toBe(pods.length);
    expect(new Set(pods.map((pod) => pod.podName)).size).toBe(pods.length);
    for (const pod of pods) expect(pod.ip.startsWith(`10.244.${pod.node}.`)).toBe(true);
  });

  it("names pods by what owns them", () => {
    const name = (key: string): string => workloadOf(cluster, key).pods[0]?.podName ?? "";
    expect(name("orders/orders-db")).toBe("orders-db-0");
    expect(name("storefront/web")).toMatch(/^web-[a-z0-9]{9}-[a-z0-9]{5}$/);
    expect(name("kube-system/node-local-dns")).toMatch(/^node-local-dns-[a-z0-9]{5}$/);
    expect(name("reports/price-sync")).toMatch(/^price-sync-\d{8}-[a-z0-9]{5}$/);
  });

  it("uses all ephemeral ports before one comes again", () => {
    const { host } = nodeOf(cluster, 0);
    const ports = Array.from({ length: 28_232 }, () => takePort(host));
    expect(new Set(ports).size).toBe(28_232);
    expect(Math.min(...ports)).toBe(32_768);
    expect(Math.max(...ports)).toBe(60_999);
    expect(takePort(host)).toBe(ports[0]);
  });
});

const PARTY: Party = {
  kind: "pod",
  name: "shop/web",
  workload: null,
  peer: null,
  podName: "web-0",
  ip: "10.244.0.9",
  node: 0,
  json: ['{"ID":7}', '{"identity":5}'],
  bare: "{}",
  mac: "",
  hostMac: "",
  device: "",
  resolved: new Set(),
  nextPort: 40_000,
};
const CLUSTER = {
  ...buildCluster(5, 3),
  nodes: [{ ...nodeOf(buildCluster(5, 3), 0), json: '"node_name":"shop-prod/node-1"' }],
};

describe("rendering", () => {
  it("writes a trace with its fields in the order of the definition and without zero values", () => {
    const record = blank(1_500_000_000, 0, TRACE);
    Object.assign(record, {
      source: PARTY,
      destination: PARTY,
      sourcePort: 443,
      destinationPort: 40_000,
      flags: PSH | ACK,
    });
    Object.assign(record, { point: "TO_ENDPOINT", traceReason: "REPLY", reply: "yes", direction: "EGRESS" });
    const uuid = new Random(9).uuid();
    expect(new Renderer(CLUSTER, new Random(9)).line(record)).toBe(
      `{"flow":{"time":"2026-05-12T09:40:01.500Z","uuid":"${uuid}","emitter":{"name":"Hubble","version":"1.19.4"},` +
        '"verdict":"FORWARDED","IP":{"source":"10.244.0.9","destination":"10.244.0.9","ipVersion":"IPv4"},' +
        '"l4":{"TCP":{"source_port":443,"destination_port":40000,"flags":{"PSH":true,"ACK":true}}},' +
        '"source":{"ID":7},"destination":{"ID":7},"Type":"L3_L4","node_name":"shop-prod/node-1","reply":true,' +
        '"event_type":{"type":4},"traffic_direction":"EGRESS","trace_observation_point":"TO_ENDPOINT",' +
        '"trace_reason":"REPLY","is_reply":true,"Summary":"TCP Flags: ACK, PSH"},' +
        '"node_name":"shop-prod/node-1","time":"2026-05-12T09:40:01.500Z"}',
    );
  });

  it("names a policy by its labels, cluster-wide ones without namespace", () => {
    const text = policyJson({ kind: "CiliumClusterwideNetworkPolicy", namespace: "", name: "deny" }, 3);
    const policy: Record<string, unknown> = JSON.parse(text);
    expect(Object.keys(policy)).toEqual(["name", "labels", "revision", "kind"]);
    expect(policy.revision).toBe("3");
    expect(text).not.toContain("policy.namespace");
  });
});

function denialAt(at: number): Denial {
  return {
    cause: "x",
    direction: "EGRESS",
    reason: "POLICY_DENIED",
    decidedBy: "default-deny",
    policies: [],
    client: "shop/web",
    server: "shop/db",
    port: 5432,
    protocol: "TCP",
    attempt: null,
    at,
    seen: false,
  };
}

describe("the truth", () => {
  it("counts a drop record and its verdict record as one drop, and a verdict record alone as one", () => {
    const tally = new Tally(CLUSTER, 0);
    const both = denialAt(20);
    const alone = denialAt(50);
    const add = (event: number, time: number, denial: Denial): void => {
      tally.add({ ...blank(time, 0, event), verdict: "DROPPED", flags: SYN, denial });
    };
    add(VERDICT, 10, both);
    add(DROP, 20, both);
    add(VERDICT, 40, alone);
    const truth = tally.truth({ seed: 1, minutes: 1, rate: 1, incidentAt: 0, files: [], lostWindows: [] });
    expect(truth.drops).toMatchObject({
      total: 2,
      dropRecords: 1,
      verdictRecords: 2,
      byReason: { POLICY_DENIED: 2 },
    });
    expect(truth.drops.causes[0]).toMatchObject({
      drops: 2,
      attempts: null,
      first: "2026-05-12T09:40:00.000000020Z",
      last: "2026-05-12T09:40:00.000000040Z",
    });
  });
});

describe("the recount", () => {
  const flow = (type: number, at: number) => ({
    at,
    flow: { verdict: "DROPPED", event_type: { type }, l4: { TCP: { source_port: 1, destination_port: 2 } } },
  });

  it.each([
    ["a pair 1 ms apart", [flow(5, 0), flow(1, 1_000_000)], 1],
    ["a pair 1 ms and 1 ns apart", [flow(5, 0), flow(1, 1_000_001)], 2],
    ["a verdict for two drops", [flow(1, 0), flow(5, 10), flow(1, 20)], 2],
    ["two pairs within 1 ms", [flow(5, 0), flow(1, 10), flow(5, 100), flow(1, 110)], 2],
  ])("finds in %s the right number of drops", (_, flows, drops) => {
    expect(joinDrops(flows).size).toBe(drops);
  });
});
