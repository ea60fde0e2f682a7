/** Nodes and edges as the map's answer gives them (lib/questions/answers-map.ts). */

export interface MapNode {
  readonly id: string;
  readonly level: "namespace" | "workload" | "pod";
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly cluster: string;
}

export interface MapEdge {
  readonly client: string;
  readonly server: string;
  readonly port: number | null;
  readonly protocol: string | null;
  readonly events: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly drops: number;
  readonly audited: number;
  readonly l7Errors: number;
  readonly dnsErrors: number;
  readonly unanswered: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly first: string | null;
  readonly last: string | null;
}
