/**
 * Names the actors: whom each endpoint stands for (lib/insight/side.ts), with what the whole capture knows.
 *
 * The remote side of a flow names no workload: it is learned from any record of the same pod, else taken from labels,
 * else guessed from the pod's name. An actor keeps its id while it is there.
 */

import {
  ACTOR_KINDS,
  type ActorValue,
  actorOf,
  isClusterWide,
  namespaceOf,
  type PodWorkload,
  type Side,
  workloadOfSide,
} from "@/lib/insight/side";
import { ownerOfPodName, workloadOfPodName } from "@/lib/insight/workload-name";
import type { Sqlite } from "../driver";
import { learnAddresses } from "./addresses";
import { readSides } from "./endpoint-sides";

/** Returns whether a side that was there goes by another name now, or is of another namespace. */
export function nameActors(database: Sqlite): boolean {
  learnAddresses(database);
  const workloads = learnWorkloads(database);
  collectActors(database, workloads);
  const isAnyRenamed = isRenamed(database);
  keepActors(database);
  return isAnyRenamed;
}

/** The two actors of each pair, client first. Call when the directions are settled. */
export function linkPairs(database: Sqlite): void {
  const actor = (end: string): string => `(SELECT actorId FROM Endpoint WHERE id = Pair.${end})`;
  const client = `CASE clientSide WHEN 1 THEN ${actor("sourceId")} WHEN 2 THEN ${actor("destinationId")} END`;
  const server = `CASE clientSide WHEN 1 THEN ${actor("destinationId")} WHEN 2 THEN ${actor("sourceId")} END`;
  database.exec(
    `UPDATE Pair SET clientId = ${client}, serverId = ${server} WHERE clientId IS NOT ${client} OR serverId IS NOT ${server}`,
  );
}

/**
 * Workloads that records name: of pods; of their siblings (pods that share a name but for its random end have one
 * owner); of identities, where all pods of an identity have one workload.
 */
class Workloads {
  private readonly ofPod = new Map<string, PodWorkload>();
  private readonly ofOwner = new Map<string, PodWorkload>();
  /** Undefined: several. */
  private readonly ofIdentity = new Map<string, PodWorkload | undefined>();

  learn(side: Side): void {
    const workload = workloadOfSide(side);
    if (workload === undefined) return;
    const [own, owner] = podKeys(side);
    if (own !== undefined) keepBetter(this.ofPod, own, workload);
    if (workload.by !== "record") return;
    if (owner !== undefined) keepBetter(this.ofOwner, owner, workload);
    const identity = identityKey(side);
    if (identity === undefined) return;
    const before = this.ofIdentity.has(identity) ? this.ofIdentity.get(identity) : workload;
    this.ofIdentity.set(
      identity,
      before?.name === workload.name && before.kind === workload.kind ? before : undefined,
    );
  }

  find = (side: Side): PodWorkload | undefined => {
    const [own, owner] = podKeys(side);
    const known = own === undefined ? workloadOfSide(side) : this.ofPod.get(own);
    if (known?.by === "record") return known;
    const sibling = owner === undefined ? undefined : this.ofOwner.get(owner);
    const identity = identityKey(side);
    const alike = identity === undefined ? undefined : this.ofIdentity.get(identity);
    return sibling ?? alike ?? known ?? guessed(side.pod);
  };
}

function guessed(pod: string | undefined): PodWorkload | undefined {
  return pod === undefined ? undefined : { kind: undefined, name: workloadOfPodName(pod), by: "pod-name" };
}

/** Keys of the pod and of its owner. */
function podKeys(side: Side): [pod: string | undefined, owner: string | undefined] {
  if (side.pod === undefined) return [undefined, undefined];
  const namespace = namespaceOf(side);
  const owner = ownerOfPodName(side.pod);
  return [podKey(side.cluster, namespace, side.pod), owner && podKey(side.cluster, namespace, owner)];
}

function identityKey(side: Side): string | undefined {
  return isClusterWide(side.identity)
    ? podKey(side.cluster, namespaceOf(side), String(side.identity))
    : undefined;
}

function podKey(cluster: string, namespace: string | undefined, pod: string): string {
  return JSON.stringify([cluster, namespace ?? null, pod]);
}

/** A record's own word before labels; of several, the first by alphabet. */
function keepBetter(known: Map<string, PodWorkload>, key: string, workload: PodWorkload): void {
  const before = known.get(key);
  if (before === undefined || orderOf(workload) < orderOf(before)) known.set(key, workload);
}

function orderOf({ by, kind, name }: PodWorkload): string {
  return `${by === "record" ? 0 : 1} ${name} ${kind ?? "~"}`;
}

function learnWorkloads(database: Sqlite): Workloads {
  const workloads = new Workloads();
  for (const { side } of readSides(database)) workloads.learn(side);
  return workloads;
}

const BATCH = 2048;
const ACTOR_COLUMNS =
  "key, workloadKey, namespaceKey, kind, cluster, namespace, pod, workloadKind, workloadName, workloadBy, name";

function collectActors(database: Sqlite, workloads: Workloads): void {
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS Named (endpointId INTEGER PRIMARY KEY, key TEXT);
    CREATE TEMP TABLE IF NOT EXISTS NamedActor (key TEXT PRIMARY KEY, workloadKey TEXT, namespaceKey TEXT, kind TEXT, cluster TEXT,
      namespace TEXT, pod TEXT, workloadKind TEXT, workloadName TEXT, workloadBy TEXT, name TEXT, rank TEXT);
    DELETE FROM temp.Named;
    DELETE FROM temp.NamedActor;`);
  let named: [number, string][] = [];
  let actors = new Map<string, ActorValue>();
  for (const { id, addressId, side, dnsName, cidr } of readSides(database)) {
    const address = addressId === undefined ? undefined : { dnsName, cidr };
    const actor = actorOf(side, address, workloads.find);
    named.push([id, actor.key]);
    const before = actors.get(actor.key);
    if (before === undefined || rankOf(actor) < rankOf(before)) actors.set(actor.key, actor);
    if (named.length < BATCH) continue;
    writeNamed(database, named, actors.values());
    named = [];
    actors = new Map();
  }
  writeNamed(database, named, actors.values());
}

/** Endpoints that share a key can differ in what they say of it; the best word stands, whatever the order. */
function rankOf({ kind, workload, namespace, name }: ActorValue): string {
  const by = workload === undefined ? "~" : orderOf(workload);
  return `${ACTOR_KINDS.indexOf(kind)} ${by} ${namespace ?? "~"} ${name}`;
}

function writeNamed(
  database: Sqlite,
  named: readonly (readonly [number, string])[],
  actors: Iterable<ActorValue>,
): void {
  database
    .prepare("INSERT INTO temp.Named SELECT value ->> 0, value ->> 1 FROM json_each(?)")
    .run([JSON.stringify(named)]);
  const rows = [...actors].map((actor) => [
    actor.key,
    actor.workloadKey,
    actor.namespaceKey,
    actor.kind,
    actor.cluster,
    actor.namespace ?? null,
    actor.pod ?? null,
    actor.workload?.kind ?? null,
    actor.workload?.name ?? null,
    actor.workload?.by ?? null,
    actor.name,
    rankOf(actor),
  ]);
  const columns = `${ACTOR_COLUMNS}, rank`;
  const values = Array.from({ length: 12 }, (_, at) => `value ->> ${at}`).join(", ");
  const overwrite = columns.split(", ").map((column) => `${column} = excluded.${column}`);
  database
    .prepare(
      `INSERT INTO temp.NamedActor (${columns}) SELECT ${values} FROM json_each(?) WHERE true
       ON CONFLICT (key) DO UPDATE SET ${overwrite.join(", ")} WHERE excluded.rank < rank`,
    )
    .run([JSON.stringify(rows)]);
}

function isRenamed(database: Sqlite): boolean {
  const found = database
    .prepare(
      `SELECT 1 FROM temp.Named n JOIN Endpoint e ON e.id = n.endpointId JOIN Actor a ON a.id = e.actorId
       JOIN temp.NamedActor m ON m.key = n.key WHERE a.key <> n.key OR a.namespace IS NOT m.namespace LIMIT 1`,
    )
    .get([]);
  return found !== undefined;
}

/** Actors that are there keep their ids. */
function keepActors(database: Sqlite): void {
  const columns = ACTOR_COLUMNS.split(", ");
  const overwrite = columns.map((column) => `${column} = excluded.${column}`).join(", ");
  const differs = columns.map((column) => `${column} IS NOT excluded.${column}`).join(" OR ");
  database.exec(`
    DELETE FROM Actor WHERE key NOT IN (SELECT key FROM temp.NamedActor);
    INSERT INTO Actor (${ACTOR_COLUMNS}) SELECT ${ACTOR_COLUMNS} FROM temp.NamedActor WHERE true ORDER BY key
      ON CONFLICT (key) DO UPDATE SET ${overwrite} WHERE ${differs};
    UPDATE Endpoint SET actorId = a.id FROM temp.Named n JOIN Actor a ON a.key = n.key
      WHERE n.endpointId = Endpoint.id AND Endpoint.actorId IS NOT a.id;`);
}
