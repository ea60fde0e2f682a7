/**
 * Whether policies allow a packet or a request, as a slow and obvious program decides it over a record of a log.
 *
 * Written against Cilium's and Kubernetes' description of their policies; it knows what `policy-schema.ts` lets through. Names are
 * known from the DNS answers that the same pod got, as the DNS proxy learns them.
 */

import { directionOf, type ModelFlow, object, portsOf, protocolOf } from "./model";
import type { CiliumPolicy, KubernetesPolicy } from "./policy-schema";

type Labels = Readonly<Record<string, string>>;

interface Side {
  readonly namespace: string | undefined;
  readonly pod: string | undefined;
  readonly labels: readonly string[];
  readonly ip: string;
  readonly names: readonly string[];
}

/** Addresses that pods were given by name: `namespace/pod name` -> addresses. */
type Learned = ReadonlyMap<string, ReadonlySet<string>>;

export class Evaluator {
  private readonly learned: Learned;

  /** `flows` are all of the log: DNS answers teach, and labels are learned for sides that left them out. */
  constructor(flows: readonly ModelFlow[]) {
    this.learned = learn(flows);
  }

  cilium(policies: readonly CiliumPolicy[], flow: ModelFlow): boolean {
    return policies.some(({ metadata, spec }) => {
      const { owner, peer, side } = sidesOf(flow);
      if (owner.namespace !== metadata.namespace || !hasLabels(owner, spec.endpointSelector.matchLabels))
        return false;
      const rules: readonly Rule[] = (side === "egress" ? spec.egress : spec.ingress) ?? [];
      return rules.some((rule) => this.isPeer(rule, side, owner, peer) && isWay(rule, flow));
    });
  }

  kubernetes(policies: readonly KubernetesPolicy[], flow: ModelFlow): boolean {
    return policies.some(({ metadata, spec }) => {
      const { owner, peer, side } = sidesOf(flow);
      if (owner.namespace !== metadata.namespace || !hasLabels(owner, spec.podSelector.matchLabels))
        return false;
      const rules = side === "egress" ? spec.egress : spec.ingress;
      return (rules ?? []).some(
        (rule) =>
          ("to" in rule ? rule.to : rule.from).some((entry) => {
            if ("ipBlock" in entry)
              return peer.namespace === undefined && isWithin(peer.ip, entry.ipBlock.cidr);
            const namespace =
              "namespaceSelector" in entry
                ? entry.namespaceSelector.matchLabels["kubernetes.io/metadata.name"]
                : metadata.namespace;
            return peer.namespace === namespace && hasLabels(peer, entry.podSelector.matchLabels);
          }) &&
          flow.flow.l7 === undefined &&
          rule.ports.some(
            ({ port, protocol }) => port === portsOf(flow).destination && protocol === protocolOf(flow),
          ),
      );
    });
  }

  private isPeer(rule: Rule, side: "egress" | "ingress", owner: Side, peer: Side): boolean {
    const [endpoints, entities, cidrs] =
      side === "egress"
        ? [rule.toEndpoints, rule.toEntities, rule.toCIDR]
        : [rule.fromEndpoints, rule.fromEntities, rule.fromCIDR];
    if (endpoints !== undefined)
      return (
        peer.pod !== undefined && endpoints.some(({ matchLabels }) => hasCiliumLabels(peer, matchLabels))
      );
    if (entities !== undefined) return entities.some((entity) => peer.labels.includes(`reserved:${entity}`));
    if (cidrs !== undefined) return peer.pod === undefined && cidrs.some((cidr) => isWithin(peer.ip, cidr));
    return (rule.toFQDNs ?? []).some(
      ({ matchName }) =>
        this.learned.get(`${owner.namespace}/${owner.pod} ${matchName}`)?.has(peer.ip) === true ||
        peer.names.includes(matchName),
    );
  }
}

interface Rule {
  readonly toEndpoints?: readonly { readonly matchLabels: Labels }[] | undefined;
  readonly toEntities?: readonly string[] | undefined;
  readonly toCIDR?: readonly string[] | undefined;
  readonly toFQDNs?: readonly { readonly matchName: string }[] | undefined;
  readonly fromEndpoints?: readonly { readonly matchLabels: Labels }[] | undefined;
  readonly fromEntities?: readonly string[] | undefined;
  readonly fromCIDR?: readonly string[] | undefined;
  readonly toPorts?:
    | readonly {
        readonly ports: readonly { readonly port: string; readonly protocol: string }[];
        readonly rules?:
          | {
              readonly http: readonly {
                readonly method?: string | undefined;
                readonly path?: string | undefined;
              }[];
            }
          | { readonly dns: readonly ({ readonly matchName: string } | { readonly matchPattern: string })[] }
          | undefined;
      }[]
    | undefined;
  readonly icmps?:
    | readonly { readonly fields: readonly { readonly type: number; readonly family: string }[] }[]
    | undefined;
}

function isWay({ toPorts, icmps }: Rule, flow: ModelFlow): boolean {
  const protocol = protocolOf(flow) ?? "";
  if (icmps !== undefined) {
    const { type = 0 } = object(object(flow.flow.l4)[protocol]);
    return icmps.some(({ fields }) =>
      fields.some((field) => protocol === `ICMP${field.family.slice(2)}` && field.type === type),
    );
  }
  return (toPorts ?? []).some(
    ({ ports, rules }) =>
      ports.some(
        (one) =>
          one.port === String(portsOf(flow).destination) &&
          (one.protocol === protocol ||
            (one.protocol === "ANY" && ["TCP", "UDP", "SCTP"].includes(protocol))),
      ) &&
      (rules === undefined || flow.flow.l7 === undefined || isRequest(rules, object(flow.flow.l7))),
  );
}

function isRequest(
  rules: NonNullable<NonNullable<Rule["toPorts"]>[number]["rules"]>,
  l7: Readonly<Record<string, unknown>>,
): boolean {
  if ("dns" in rules) {
    const name = String(object(l7.dns).query).replace(/\.$/, "").toLowerCase();
    return rules.dns.some((rule) =>
      "matchName" in rule ? rule.matchName === name : rule.matchPattern === "*",
    );
  }
  const { method, url } = object(l7.http);
  const path = new URL(String(url), "http://x").pathname + new URL(String(url), "http://x").search;
  return rules.http.some(
    (rule) =>
      (rule.method === undefined || rule.method === method) &&
      (rule.path === undefined || new RegExp(`^(?:${rule.path})$`).test(path)),
  );
}

/** An egress drop is decided by the sender's policies, an ingress drop by the receiver's. */
function sidesOf(flow: ModelFlow): {
  readonly owner: Side;
  readonly peer: Side;
  readonly side: "egress" | "ingress";
} {
  const [source, destination] = (["source", "destination"] as const).map((end) => sideOf(flow, end)) as [
    Side,
    Side,
  ];
  return directionOf(flow) === "EGRESS"
    ? { owner: source, peer: destination, side: "egress" }
    : { owner: destination, peer: source, side: "ingress" };
}

function sideOf({ flow }: ModelFlow, end: "source" | "destination"): Side {
  const side = object(flow[end]);
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  return {
    namespace: text(side.namespace),
    pod: text(side.pod_name),
    labels: Array.isArray(side.labels) ? side.labels.map(String) : [],
    ip: String(object(flow.IP)[end]),
    names: (Array.isArray(flow[`${end}_names`]) ? (flow[`${end}_names`] as unknown[]) : []).map((name) =>
      String(name).replace(/\.$/, ""),
    ),
  };
}

function hasLabels({ labels }: Side, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels.includes(`k8s:${key}=${value}`));
}

function hasCiliumLabels({ labels }: Side, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels.includes(`${key}=${value}`));
}

function learn(flows: readonly ModelFlow[]): Learned {
  const learned = new Map<string, Set<string>>();
  for (const { flow } of flows) {
    const l7 = object(flow.l7);
    const { query, ips } = object(l7.dns);
    if (l7.type !== "RESPONSE" || !Array.isArray(ips)) continue;
    const { namespace, pod_name } = object(flow.destination);
    const key = `${namespace}/${pod_name} ${String(query).replace(/\.$/, "").toLowerCase()}`;
    const known = learned.get(key) ?? new Set<string>();
    for (const ip of ips) known.add(String(ip));
    learned.set(key, known);
  }
  return learned;
}

/** IPv4 by its bits; of IPv6 only whole addresses are asked for here. */
function isWithin(ip: string, cidr: string): boolean {
  const [network = "", bits = ""] = cidr.split("/");
  if (ip.includes(":") || network.includes(":")) return ip === network && bits === "128";
  const number = (text: string) => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(ip) / size) === Math.floor(number(network) / size);
}
