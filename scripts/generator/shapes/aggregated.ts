/**
 * Aggregation as ACNS does it (flow-formats 4.2): within 30 seconds, flows that are equal in the key fields are one record
 * with three counters; nothing else is kept but the time of the first.
 */

import type { EndpointJson, FlowJson, LineJson } from "../flow-json.ts";
import type { Shape } from "./shape.ts";

const INTERVAL_MS = 30_000;

const COUNTERS = {
  INGRESS: "ingress_flow_count",
  EGRESS: "egress_flow_count",
  none: "unknown_direction_flow_count",
} as const;

interface Group {
  readonly flow: object;
  readonly time: string;
  readonly counts: Record<string, number>;
}

export class Aggregated implements Shape {
  private readonly groups = new Map<string, Group>();
  private window = -1;

  begin(): string {
    return "";
  }

  lines(line: string): readonly string[] {
    const { flow } = JSON.parse(line) as LineJson;
    if (flow === undefined) return [line];
    const window = Math.floor(Date.parse(flow.time ?? "") / INTERVAL_MS);
    const flushed = window === this.window ? [] : this.flush();
    this.window = window;
    this.add(flow);
    return flushed;
  }

  end(): string {
    return this.flush()
      .map((line) => `${line}\n`)
      .join("");
  }

  private add(flow: FlowJson): void {
    const kept = keyFields(flow);
    const key = JSON.stringify(kept);
    const group = this.groups.get(key) ?? { flow: kept, time: flow.time ?? "", counts: {} };
    const counter = COUNTERS[(flow.traffic_direction ?? "none") as keyof typeof COUNTERS];
    group.counts[counter] = (group.counts[counter] ?? 0) + 1;
    this.groups.set(key, group);
  }

  private flush(): string[] {
    const lines = [...this.groups.values()].map(({ flow, time, counts }) =>
      JSON.stringify({ flow: { time, ...flow, aggregate: counts }, time }),
    );
    this.groups.clear();
    return lines;
  }
}

function keyFields(flow: FlowJson): object {
  const [protocol, ports] = Object.entries(flow.l4 ?? {})[0] ?? [];
  const hasPort = (protocol === "TCP" || protocol === "UDP") && ports?.destination_port !== undefined;
  const { l7 } = flow;
  return {
    verdict: flow.verdict,
    drop_reason_desc: flow.drop_reason_desc,
    is_reply: flow.is_reply,
    IP: flow.IP?.ipVersion === undefined ? undefined : { ipVersion: flow.IP.ipVersion },
    l4: hasPort ? { [protocol ?? ""]: { destination_port: ports?.destination_port } } : undefined,
    l7:
      l7?.http?.code === undefined && l7?.dns?.rcode === undefined
        ? undefined
        : { http: l7.http && { code: l7.http.code }, dns: l7.dns && { rcode: l7.dns.rcode } },
    source: endpoint(flow.source),
    destination: endpoint(flow.destination),
  };
}

function endpoint(side: EndpointJson | undefined): object | undefined {
  if (side === undefined) return undefined;
  const { identity, cluster_name, namespace, workloads } = side;
  return { identity, cluster_name, namespace, workloads };
}
