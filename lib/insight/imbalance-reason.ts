/**
 * The likely reason of an uneven spread, from what a log can show, each with the numbers that speak for it.
 *
 * In order, the first that fits: drops at the quiet pods; pods that were there for a part of the time; one client pod that
 * brings most of the load to one pod; clients that always reach the same pod (session affinity); many requests on few
 * connections (gRPC and other HTTP/2 clients keep one connection, and a Service balances connections, not requests);
 * clients that reach the pod of their own node; names that DNS answers with the pods' own addresses, so that clients
 * choose (headless Service); connections that are spread unevenly for no reason that the log shows. Anything else cannot
 * be told from flows.
 */

import { formatCount, formatQuantity } from "@/lib/base/count";
import { imbalanceOf, UNEVEN } from "./imbalance";

/** What is known of one pod of a workload. */
export interface PodLoad {
  readonly pod: string;
  /** Flow events with the pod on either end. */
  readonly events: number;
  readonly drops: number;
  /** Connection attempts that it received, and requests that it served. */
  readonly attempts: number;
  readonly requests: number;
  /** First and last flow; undefined when none has a time. */
  readonly firstNs: bigint | undefined;
  readonly lastNs: bigint | undefined;
  readonly node: string | undefined;
}

/** What one client (a pod, where it is one) brings to one pod. */
export interface ClientLoad {
  readonly client: string;
  readonly pod: string;
  readonly node: string | undefined;
  readonly events: number;
  readonly attempts: number;
}

export interface WorkloadLoad {
  /** Busiest first. */
  readonly pods: readonly PodLoad[];
  readonly clients: readonly ClientLoad[];
  /** A name that DNS answered with addresses of several of the pods. */
  readonly headlessName: string | undefined;
}

export const IMBALANCE_REASONS = [
  "even",
  "drops",
  "shorter life",
  "one heavy client",
  "session affinity",
  "long connections",
  "node skew",
  "headless DNS",
  "connections",
  "not knowable here",
] as const;
export type ImbalanceReason = (typeof IMBALANCE_REASONS)[number];

export interface LikelyReason {
  readonly reason: ImbalanceReason;
  /** A sentence with the numbers; null where there is nothing to explain. */
  readonly evidence: string | null;
}

export function likelyReason(load: WorkloadLoad): LikelyReason {
  const { pods } = load;
  if (pods.length === 0)
    return unknown("The records name no pods of it: they are aggregated, or a mask left the names out.");
  if (pods.length === 1) return unknown("Only one of its pods is in the scope.");
  const spread = imbalanceOf(pods.map(({ events }) => events));
  if (spread === undefined)
    return unknown("Fewer than 30 events a pod: so few are spread unevenly by chance alone.");
  if (spread.gini < UNEVEN) return { reason: "even", evidence: null };
  for (const [reason, find] of RULES) {
    const evidence = find(load);
    if (evidence !== undefined) return { reason, evidence };
  }
  return unknown(
    "Nothing that a flow log shows explains it: no drops, no late pod, no client or connections that stand out.",
  );
}

function unknown(evidence: string): LikelyReason {
  return { reason: "not knowable here", evidence };
}

type Rule = (load: WorkloadLoad) => string | undefined;

const RULES: readonly (readonly [ImbalanceReason, Rule])[] = [
  ["drops", dropsAtQuiet],
  ["shorter life", shorterLife],
  ["one heavy client", heavyClient],
  ["session affinity", affinity],
  ["long connections", longConnections],
  ["node skew", sameNode],
  ["headless DNS", headless],
  ["connections", unevenConnections],
];

function quietOf({ pods }: WorkloadLoad): PodLoad[] {
  const mean = sumOf(pods, ({ events }) => events) / pods.length;
  return pods.filter(({ events }) => events < mean);
}

function dropsAtQuiet(load: WorkloadLoad): string | undefined {
  const all = sumOf(load.pods, ({ drops }) => drops);
  const atQuiet = sumOf(quietOf(load), ({ drops }) => drops);
  if (all === 0 || atQuiet * 2 <= all) return undefined;
  return `${formatCount(atQuiet)} of ${formatQuantity(all, "drop")} hit the pods that have little load.`;
}

const spanOf = ({ firstNs, lastNs }: PodLoad): number =>
  firstNs === undefined || lastNs === undefined ? 0 : Number(lastNs - firstNs);

function shorterLife(load: WorkloadLoad): string | undefined {
  const longest = load.pods.reduce((best, pod) => (spanOf(pod) > spanOf(best) ? pod : best));
  const quiet = quietOf(load);
  if (quiet.length === 0 || !quiet.every((pod) => spanOf(pod) * 2 < spanOf(longest))) return undefined;
  const [pod] = quiet as [PodLoad];
  const { firstNs: from = 0n, lastNs: to = 0n } = longest;
  const { firstNs: first = from, lastNs: last = to } = pod;
  const how = first - from >= to - last ? "began" : "ended";
  const share = Math.round((spanOf(pod) / spanOf(longest)) * 100);
  return `${nameOf(pod.pod)} was there for ${share} % of the time: its flows ${how} ${seconds(how === "began" ? first - from : to - last)} ${how === "began" ? "after" : "before"} the others'.`;
}

/** Share of a workload's events from which one client is heavy, and of its own that go to one pod. */
const HEAVY = 0.5;
const ONE_POD = 0.8;

function heavyClient({ clients }: WorkloadLoad): string | undefined {
  const byClient = groupBy(clients);
  if (byClient.size < 2) return undefined;
  const all = sumOf(clients, ({ events }) => events);
  const [name = "", loads = []] =
    [...byClient].sort(
      ([, a], [, b]) => sumOf(b, ({ events }) => events) - sumOf(a, ({ events }) => events),
    )[0] ?? [];
  const own = sumOf(loads, ({ events }) => events);
  const most = loads.reduce(
    (best, load) => (load.events > best.events ? load : best),
    loads[0] as ClientLoad,
  );
  if (own <= all * HEAVY || most.events < own * ONE_POD) return undefined;
  return `${nameOf(name)} brings ${percent(own, all)} of what clients send, and ${percent(most.events, own)} of it goes to ${nameOf(most.pod)}.`;
}

/** A client says something about affinity when it connected so often; and so many clients have to. */
const REPEATED = 3;
const CLIENTS = 3;

function affinity({ clients }: WorkloadLoad): string | undefined {
  const repeated = [...groupBy(clients.filter(({ attempts }) => attempts > 0)).values()].filter(
    (loads) => sumOf(loads, ({ attempts }) => attempts) >= REPEATED,
  );
  const loyal = repeated.filter((loads) => loads.length === 1);
  const pods = new Set(loyal.map(([load]) => load?.pod));
  if (repeated.length < CLIENTS || loyal.length < repeated.length * 0.9 || pods.size < 2) return undefined;
  return `${formatCount(loyal.length)} of ${formatQuantity(repeated.length, "client")} that connected at least ${REPEATED} times always reached the same pod.`;
}

/** Requests per connection from which the connections, not the balancer, decide where requests go. */
const REQUESTS_PER_CONNECTION = 5;

function longConnections({ pods }: WorkloadLoad): string | undefined {
  const attempts = sumOf(pods, (pod) => pod.attempts);
  const requests = sumOf(pods, (pod) => pod.requests);
  if (attempts === 0 || requests <= REQUESTS_PER_CONNECTION * attempts) return undefined;
  return `${formatQuantity(requests, "request")} came on ${formatQuantity(attempts, "connection")}: a Service balances connections, not requests.`;
}

function sameNode({ clients, pods }: WorkloadLoad): string | undefined {
  const nodes = new Map(pods.map(({ pod, node }) => [pod, node]));
  const known = clients.filter(({ pod, node }) => node !== undefined && nodes.get(pod) !== undefined);
  const all = sumOf(known, ({ events }) => events);
  const local = sumOf(
    known.filter(({ pod, node }) => nodes.get(pod) === node),
    ({ events }) => events,
  );
  // With one node everything is local.
  const isSpread = new Set(pods.map(({ node }) => node)).size > 1;
  if (!isSpread || all === 0 || local < all * ONE_POD) return undefined;
  return `${percent(local, all)} of the traffic stays on the client's node, so pods on nodes with busy clients get more.`;
}

function headless({ headlessName }: WorkloadLoad): string | undefined {
  if (headlessName === undefined) return undefined;
  return `DNS answers ${headlessName} with the pods' own addresses: clients choose the pod, not a Service.`;
}

/** Connections say something sooner than events: one is many packets. */
const CONNECTIONS_PER_POD = 10;

function unevenConnections({ pods }: WorkloadLoad): string | undefined {
  const attempts = pods.map((pod) => pod.attempts);
  const spread = imbalanceOf(attempts, CONNECTIONS_PER_POD);
  if (spread === undefined || spread.gini < UNEVEN) return undefined;
  return `The connections themselves are uneven: ${attempts.map(formatCount).join(", ")}. The log does not say why.`;
}

function groupBy(clients: readonly ClientLoad[]): Map<string, ClientLoad[]> {
  const groups = new Map<string, ClientLoad[]>();
  for (const load of clients) {
    const known = groups.get(load.client);
    if (known === undefined) groups.set(load.client, [load]);
    else known.push(load);
  }
  return groups;
}

function sumOf<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function percent(part: number, whole: number): string {
  return `${Math.round((part / whole) * 100)} %`;
}

/** Actors of one sentence are of one cluster. */
function nameOf(key: string): string {
  return key.replace(/@[^@/]*$/, "");
}

function seconds(ns: bigint): string {
  const whole = Number(ns / 1_000_000_000n);
  return whole < 120 ? `${whole} s` : `${Math.round(whole / 60)} min`;
}
