/** What changed between the last time that an edge worked and its first drop. */

import { formatTime } from "@/lib/base/time";
import { agentChange, type Change, podChanges, type Sighting } from "@/lib/insight/causes/changes";
import type { DropCauseAnswer } from "./answers-drops";
import type { DropCause } from "./causes";
import type { OpenCapture } from "./open-capture";

/** How far before the last success, or before the first drop of what never worked, pods are looked for. */
const BEFORE_NS = 600_000_000_000n;
const LISTED = 12;

export function readChanges(capture: OpenCapture, cause: DropCause): DropCauseAnswer["changes"] {
  const { firstNs, workedNs } = cause;
  if (firstNs === null)
    return { says: "The drops have no time, so it cannot be said what came before.", found: [] };
  const fromNs = workedNs ?? firstNs - BEFORE_NS;
  const events = agentEvents(capture, cause, fromNs, firstNs);
  const all: NodeChange[] = [...events.found, ...pods(capture, cause, fromNs, firstNs)];
  const changes = all
    .filter(({ atNs }) => atNs >= fromNs)
    .sort((a, b) => (a.atNs > b.atNs ? -1 : a.atNs < b.atNs ? 1 : 0));
  return {
    says: summary(changes.length, workedNs !== null, events.hasAny),
    found: changes
      .slice(0, LISTED)
      .map(({ atNs, says, node }) => ({ time: formatTime(atNs), says, node: node ?? null })),
  };
}

function summary(count: number, hasWorked: boolean, hasEvents: boolean): string {
  const between = hasWorked
    ? "between the last success and the first drop"
    : "in the ten minutes before the first drop";
  const blind = hasEvents
    ? ""
    : " The log holds no agent events, so a change of a policy cannot be seen: export them too (hubble observe agent-events).";
  return count === 0
    ? `Nothing about these pods or their policies changed ${between}, as far as the log shows.${blind}`
    : `What changed ${between}, latest first.${blind}`;
}

interface NodeChange extends Change {
  readonly node?: string | null;
}

function agentEvents(
  capture: OpenCapture,
  { facts }: DropCause,
  fromNs: bigint,
  toNs: bigint,
): { readonly found: NodeChange[]; readonly hasAny: boolean } {
  const sides = [facts.client, facts.server].filter((side) => side !== null);
  const namespaces = new Set(sides.flatMap(({ namespace }) => namespace ?? []));
  const names = new Set(
    capture.database
      .prepare(
        "SELECT namespace, pod FROM Actor WHERE pod IS NOT NULL AND workloadKey IN (SELECT value FROM json_each(?))",
      )
      .all([JSON.stringify(sides.map(({ key }) => key))])
      .map(({ namespace, pod }) => `${namespace}/${pod}`),
  );
  const rows = capture.database
    .prepareExact(
      `SELECT r.timeNs, r.detail, o.nodeName FROM OtherRecord r JOIN Observer o ON o.id = r.observerId
       WHERE r.kind = 'agent_event' AND r.duplicate = 0 AND r.timeNs >= ? AND r.timeNs <= ? ORDER BY r.timeNs`,
    )
    .rows([fromNs, toNs]);
  // One change of a policy is told by the agent of every node: it is listed once, at its first.
  const found = new Map<string, NodeChange>();
  for (const [atNs, detail, node] of rows) {
    const says = agentChange(String(detail), namespaces, names);
    if (says === undefined) continue;
    const key = says.startsWith("The agent of") ? `${says} ${node}` : says;
    if (!found.has(key))
      found.set(key, { atNs: atNs as bigint, says, node: node === null ? null : String(node) });
  }
  const any = capture.database
    .prepare("SELECT 1 FROM OtherRecord WHERE kind = 'agent_event' LIMIT 1")
    .get([]);
  return { found: [...found.values()], hasAny: any !== undefined };
}

function pods(capture: OpenCapture, { facts }: DropCause, fromNs: bigint, toNs: bigint): Change[] {
  const keys = [facts.client, facts.server].flatMap((side) => (side?.kind === "pod" ? [side.key] : []));
  const start = fromNs - BEFORE_NS;
  const endpoints =
    "SELECT e.id FROM Endpoint e JOIN Actor a ON a.id = e.actorId WHERE a.kind = 'pod' AND a.workloadKey IN (SELECT value FROM json_each(?3))";
  const seen = (end: string) =>
    `SELECT f.${end} AS id, f.timeNs FROM Flow f WHERE f.timeNs >= ?1 AND f.timeNs <= ?2 AND f.${end} IN (${endpoints})`;
  const sightings = capture.database
    .prepareExact(
      `SELECT a.key, e.identity, e.labels, e.ip, min(s.timeNs), max(s.timeNs)
       FROM (${seen("sourceId")} UNION ALL ${seen("destinationId")}) s JOIN Endpoint e ON e.id = s.id JOIN Actor a ON a.id = e.actorId
       GROUP BY e.id`,
    )
    .rows([start, toNs, JSON.stringify(keys)])
    .map(
      ([pod, identity, labels, ip, firstNs, lastNs]): Sighting => ({
        pod: String(pod),
        identity: identity === null ? null : Number(identity),
        labels: labels === null ? null : (JSON.parse(String(labels)) as string[]),
        ip: ip === null ? null : String(ip),
        firstNs: firstNs as bigint,
        lastNs: lastNs as bigint,
      }),
    );
  return podChanges(sightings, fromNs);
}
