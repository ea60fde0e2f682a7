/** More workloads than the shop has: teams in namespaces of their own, each with a chain of services behind a gateway. */

import type { EdgeSpec } from "./connections.ts";
import type { WorkloadSpec } from "./shop.ts";

/** Workloads of a team. */
const TEAM = 8;
/** Connections a minute of all of them together at rate 1: about as many as the shop has. */
const PER_MINUTE = 40;
const SERVICE_PORT = 8080;
const DATABASE_PORT = 5432;

interface More {
  readonly workloads: readonly WorkloadSpec[];
  readonly edges: readonly EdgeSpec[];
}

/** So many, each a pod; the first of a team calls the others, each of these the next, and the last is a database. */
export function moreWorkloads(count: number): More {
  const workloads = Array.from({ length: count }, (_, n) => workloadAt(n));
  const pairs = workloads.flatMap((_, n) => callersOf(n).map((caller) => [caller, n] as const));
  const perMinute = PER_MINUTE / Math.max(1, pairs.length);
  const edges = pairs.map(([client, server]): EdgeSpec => {
    const ends = { client: keyOf(client), server: keyOf(server) };
    const usual = {
      ...ends,
      perMinute,
      latencyMs: 5 + (server % 40),
      lookup: "short",
      lookupShare: 0.3,
    } as const;
    if (isDatabase(server)) return { ...usual, port: DATABASE_PORT, kind: "tcp", requests: [1, 4] };
    if (server % 2 === 0) return { ...usual, port: SERVICE_PORT, kind: "tcp", requests: [1, 2] };
    return {
      ...usual,
      ...{ port: SERVICE_PORT, kind: "http", requests: [1, 3], proxy: "ingress" },
      routes: [
        { method: "GET", path: "/api/items/{id}", weight: 4, status: [200, 200, 200, 404] },
        { method: "POST", path: "/api/items", weight: 1, status: [201] },
      ],
    };
  });
  return { workloads, edges };
}

const isDatabase = (n: number): boolean => n % TEAM === TEAM - 1;

function nameOf(n: number): string {
  if (n % TEAM === 0) return "gateway";
  return isDatabase(n) ? "database" : `service-${n % TEAM}`;
}

const namespaceOf = (n: number): string => `team-${Math.floor(n / TEAM) + 1}`;
const keyOf = (n: number): string => `${namespaceOf(n)}/${nameOf(n)}`;

/** The gateway of the team and the workload before it; of a gateway that of the team before. Nobody calls the first. */
function callersOf(n: number): readonly number[] {
  if (n === 0) return [];
  if (n % TEAM === 0) return [n - TEAM];
  return n % TEAM === 1 ? [n - 1] : [n - (n % TEAM), n - 1];
}

function workloadAt(n: number): WorkloadSpec {
  const namespace = namespaceOf(n);
  return {
    namespace,
    name: nameOf(n),
    kind: isDatabase(n) ? "StatefulSet" : "Deployment",
    nodes: [n],
    appLabel: "app",
    ...(isDatabase(n) ? {} : { egress: `${namespace}-egress` }),
    ingress: `${namespace}-ingress`,
  };
}
