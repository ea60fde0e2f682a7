/**
 * The steps of settling, in their order. Each deletes its own rows in the neighbourhood and makes them anew, so that
 * it can be repeated; what is as small as the dictionaries is made anew as a whole. None may depend on the order of
 * files or lines. All run within the transaction that makes the revision.
 */

import { CONTEXT_NS } from "@/lib/insight/dns/search-list";
import type { Sqlite } from "../driver";
import { findTranslations } from "../translated";
import { linkPairs, nameActors } from "./actors";
import { rankCauses } from "./cause-table";
import { findConnectionCauses } from "./connection-causes";
import { turnDirections, turnNeighbours } from "./directions";
import { judgeDns } from "./dns";
import type { PendingDns } from "./dns/beside";
import { writeDnsCauses } from "./dns/causes";
import { resolveAttempts } from "./dns/lookups";
import { groupDrops } from "./drop-causes";
import { rememberWorked, type WorkedBefore } from "./edges-worked";
import { judgeSilence } from "./judge-silence";
import { type Neighbourhood, type Span, within64 } from "./neighbourhood";
import { pairOldFlows } from "./old-flows";
import type { RowRange } from "./records";
import { settleAddition } from "./settle-addition";
import { type Besides, rollUpAnew, settleInTime } from "./settle-in-time";
import { SETTLED_DNS } from "./settled-rows";
import { SumChanges } from "./sum-changes";
import { keepSumLevels, SUMS, sumUp } from "./sum-up";

export function runSteps(database: Sqlite, neighbourhood: Neighbourhood): void {
  findSides(database, { areNew: false });
  settleFlows(database, neighbourhood);
}

/** The first of them: who is meant by each side, and which is the client. `areNew`: this program loaded all flows, with their pairs. */
export function findSides(database: Sqlite, { areNew }: { readonly areNew: boolean }): void {
  if (!areNew) pairOldFlows(database);
  nameActors(database);
  turnDirections(database);
  linkPairs(database);
}

/** The others. `besides`: what other threads may see of the capture, so that they can be given more. */
export function settleFlows(database: Sqlite, neighbourhood: Neighbourhood, besides?: Besides): void {
  const dns = settleInTime(database, neighbourhood, besides);
  try {
    judge(database, neighbourhood, { dns });
  } finally {
    dns?.close();
  }
}

/** The same for a few flows in these rows, where all others are settled. */
export function addFlows(database: Sqlite, rows: RowRange): void {
  const worked = rememberWorked(database, rows);
  const isRenamed = nameActors(database);
  const turned = turnNeighbours(database, rows);
  linkPairs(database);
  const changes = SumChanges.watch(database, rows, turned);
  try {
    const { dns, isRolledUp } = settleAddition(database, { rows, turned, isRenamed });
    if (!isRolledUp) rollUpAnew(database);
    // Flows of edges that were there are the same ones still, unless they were turned or go by another name.
    const isSame = turned.size === 0 && !isRenamed;
    judge(database, around(dns), { worked: isSame ? worked : undefined, changes });
  } finally {
    changes?.end();
  }
}

/** What DNS messages of this span can change the meaning of. */
function around(span: Span | undefined): Neighbourhood {
  if (span === undefined) return { fromNs: 0n, toNs: 0n };
  return { fromNs: within64(span.firstNs - CONTEXT_NS), toNs: within64(span.lastNs + CONTEXT_NS + 1n) };
}

interface Known {
  /** What was found about edges before. */
  readonly worked?: WorkedBefore | undefined;
  /** DNS is settled by another thread, and what dns/beside.ts finds besides. */
  readonly dns?: PendingDns | undefined;
  /** Which buckets of sums change. */
  readonly changes?: SumChanges | undefined;
}

/** What the rows that were found mean for each other. `around`: where DNS messages were paired anew. */
function judge(database: Sqlite, around: Neighbourhood, { worked, dns, changes }: Known): void {
  judgeSilence(database);
  groupDrops(database, worked);
  findConnectionCauses(database);
  keepSumLevels(database);
  sumUp(database, SUMS.connections, { changed: changes?.buckets() });
  const causes = dns === undefined ? judgeDns(database, around, changes) : dns.take();
  resolveAttempts(database);
  writeDnsCauses(database, causes);
  rankCauses(database);
  if (dns === undefined) findTranslations(database);
  sumUp(database, SUMS.marked, { beside: dns && SETTLED_DNS, changed: changes?.buckets() });
}
