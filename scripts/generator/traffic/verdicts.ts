import { MICROSECOND, SECOND } from "../clock.ts";
import type { Party } from "../cluster.ts";
import {
  type Attempt,
  type Denial,
  type Direction,
  DROP,
  type Planned,
  type PolicyRef,
  SOCK,
  VERDICT,
} from "../record.ts";
import type { World } from "../world.ts";
import { type Connection, ethernet, packetRecord } from "./packets.ts";

export function cilium(namespace: string, name: string): PolicyRef {
  return { kind: "CiliumNetworkPolicy", namespace, name };
}

export function egressPolicy(party: Party): PolicyRef | null {
  const spec = party.workload?.spec;
  return spec?.egress ? cilium(spec.namespace, spec.egress) : null;
}

export function ingressPolicy(party: Party): PolicyRef | null {
  const spec = party.workload?.spec;
  return spec?.ingress ? cilium(spec.namespace, spec.ingress) : null;
}

/** The verdict record of an allowed connection, on the side whose policy is in force. */
export function allowed(
  w: World,
  at: number,
  c: Connection,
  side: "EGRESS" | "INGRESS",
  flags: number,
  policy: PolicyRef,
): void {
  const node = side === "EGRESS" ? c.client.node : c.server.node;
  const record = packetRecord(at, node, VERDICT, c, false);
  const proxied = side === "EGRESS" ? c.proxyEgress : c.proxyIngress;
  record.verdict = proxied ? "REDIRECTED" : "FORWARDED";
  record.reply = "no";
  record.direction = side;
  record.flags = flags;
  // 2: peer and port matched. World peers are allowed by name or range, with the port.
  record.matchType = 2;
  record.policies = `,"${side === "EGRESS" ? "egress" : "ingress"}_allowed_by":[${w.policy(policy, at)}]`;
  record.ethernet = sideEthernet(c, side);
  w.add(record, at);
}

/** A verdict in policy audit mode: nothing matched, the packet passes all the same. */
export function audited(
  w: World,
  at: number,
  c: Connection,
  side: "EGRESS" | "INGRESS",
  flags: number,
): void {
  const node = side === "EGRESS" ? c.client.node : c.server.node;
  const record = packetRecord(at, node, VERDICT, c, false);
  record.verdict = "AUDIT";
  record.reply = "no";
  record.direction = side;
  record.flags = flags;
  record.ethernet = sideEthernet(c, side);
  w.add(record, at);
}

function sideEthernet(c: Connection, side: Direction): string {
  return side === "EGRESS"
    ? ethernet(c.client.mac, c.client.hostMac)
    : ethernet(c.server.hostMac, c.server.mac);
}

interface DenialSpec {
  readonly cause: string;
  readonly direction: "EGRESS" | "INGRESS";
  readonly code: 133 | 181 | 151;
  readonly flags: number;
  readonly attempt: Attempt;
  /** The rule of an explicit deny. */
  readonly policy?: PolicyRef;
}

const REASONS = { 133: "POLICY_DENIED", 151: "STALE_OR_UNROUTABLE_IP", 181: "POLICY_DENY" } as const;
const DECIDED_BY = { 133: "default-deny", 151: "datapath", 181: "policy" } as const;
const DROP_PLACE = {
  EGRESS: '"file":{"name":"bpf_lxc.c","line":1350},',
  INGRESS: '"file":{"name":"bpf_lxc.c","line":2147},',
} as const;

/** One denied packet: the verdict record (policy only), then the drop record a few microseconds later. */
export function deny(w: World, at: number, c: Connection, spec: DenialSpec): void {
  const node = spec.direction === "EGRESS" ? c.client.node : c.server.node;
  const dropAt = at + w.random.int(2_000, 40_000);
  const denial: Denial = {
    cause: spec.cause,
    direction: spec.direction,
    reason: REASONS[spec.code],
    decidedBy: DECIDED_BY[spec.code],
    policies: spec.policy ? [policyName(spec.policy)] : [],
    client: c.client.name,
    server: c.server.name,
    port: c.port,
    protocol: c.protocol,
    attempt: spec.attempt,
    at: w.nodeTime(dropAt, node),
    seen: false,
  };
  if (spec.code !== 151) {
    const verdict = deniedRecord(at, node, VERDICT, c, spec, denial);
    if (spec.policy) {
      verdict.matchType = 2;
      verdict.policies = `,"${spec.direction === "EGRESS" ? "egress" : "ingress"}_denied_by":[${w.policy(spec.policy, at)}]`;
    }
    w.add(verdict, at);
  }
  const drop = deniedRecord(dropAt, node, DROP, c, spec, denial);
  drop.subType = spec.code;
  drop.dropFile = DROP_PLACE[spec.direction];
  w.add(drop, dropAt);
}

function deniedRecord(
  at: number,
  node: number,
  event: number,
  c: Connection,
  spec: DenialSpec,
  denial: Denial,
): Planned {
  const record = packetRecord(at, node, event, c, false);
  record.verdict = "DROPPED";
  record.direction = spec.direction;
  record.flags = spec.flags;
  record.dropReason = spec.code;
  record.dropText = REASONS[spec.code];
  record.ethernet = sideEthernet(c, spec.direction);
  record.denial = denial;
  return record;
}

function policyName(policy: PolicyRef): string {
  return policy.namespace
    ? `${policy.kind} ${policy.namespace}/${policy.name}`
    : `${policy.kind} ${policy.name}`;
}

/** The moments at which a kernel sends a SYN that nobody answers: at once, then after 1, 2 and 4 s more. */
export function synTimes(at: number): readonly number[] {
  return [at, at + SECOND, at + 3 * SECOND, at + 7 * SECOND];
}

/** Socket events of a service translation: before with the service address, after with the backend. */
export function socketEvents(w: World, at: number, c: Connection): void {
  const { workload } = c.server;
  if (!workload || c.client.kind !== "pod") return;
  const cookie = w.random.int(10_000, 9_999_999);
  const cgroup = 6_000 + w.random.int(0, 40_000);
  for (const [index, point] of ["PRE", "POST"].entries()) {
    const translated = index === 1;
    const to = translated ? c.server : w.service(workload);
    const time = at + index * 3 * MICROSECOND;
    const record = packetRecord(time, c.client.node, SOCK, { ...c, clientPort: 0, server: to }, false);
    record.verdict = translated ? "TRANSLATED" : "TRACED";
    record.subType = index + 1;
    if (!translated) {
      record.services = `"destination_service":{"name":"${workload.spec.name}","namespace":"${workload.spec.namespace}"},`;
    }
    record.sock = `"sock_xlate_point":"SOCK_XLATE_POINT_${point}_DIRECTION_FWD","socket_cookie":"${cookie}","cgroup_id":"${cgroup}",`;
    w.add(record, time);
  }
}
