/**
 * The steps of settling, in their order. Each deletes its own rows in the neighbourhood and makes them anew, so that
 * it can be repeated; what is as small as the dictionaries is made anew as a whole. None may depend on the order of
 * files or lines. All run within the transaction that makes the revision.
 */

import { CONTEXT_NS } from "@/lib/insight/dns/search-list";
import type { Sqlite } from "../driver";
import { linkPairs, nameActors } from "./actors";
import { rankCauses } from "./cause-table";
import { findConnectionCauses } from "./connection-causes";
import { turnDirections, turnNeighbours } from "./directions";
import { settleDns } from "./dns";
import { groupDnsCauses } from "./dns/causes";
import { resolveAttempts } from "./dns/lookups";
import { groupDrops } from "./drop-causes";
import { rememberWorked, type WorkedBefore } from "./edges-worked";
import { judgeSilence } from "./judge-silence";
import { type Neighbourhood, type Span, within64 } from "./neighbourhood";
import { pairOldFlows } from "./old-flows";
import type { RowRange } from "./records";
import { settleAddition } from "./settle-addition";
import { rollUpAnew, settleInTime } from "./settle-in-time";
import { sumUp } from "./sum-up";

export function runSteps(database: Sqlite, neighbourhood: Neighbourhood): void {
  pairOldFlows(database);
  nameActors(database);
  turnDirections(database);
  linkPairs(database);
  settleInTime(database, neighbourhood);
  judge(database, neighbourhood);
}

/** The same for a few flows in these rows, where all others are settled. */
export function addFlows(database: Sqlite, rows: RowRange): void {
  const worked = rememberWorked(database, rows);
  const isRenamed = nameActors(database);
  const turned = turnNeighbours(database, rows);
  linkPairs(database);
  const { dns, isRolledUp } = settleAddition(database, { rows, turned, isRenamed });
  if (!isRolledUp) rollUpAnew(database);
  // Flows of edges that were there are the same ones still, unless they were turned or go by another name.
  const isSame = turned.size === 0 && !isRenamed;
  judge(database, around(dns), isSame ? worked : undefined);
}

/** What DNS messages of this span can change the meaning of. */
function around(span: Span | undefined): Neighbourhood {
  if (span === undefined) return { fromNs: 0n, toNs: 0n };
  return { fromNs: within64(span.firstNs - CONTEXT_NS), toNs: within64(span.lastNs + CONTEXT_NS + 1n) };
}

/** What the rows that were found mean for each other. `dns`: where DNS messages were paired anew. */
function judge(database: Sqlite, dns: Neighbourhood, worked?: WorkedBefore): void {
  judgeSilence(database);
  settleDns(database, dns);
  resolveAttempts(database);
  groupDrops(database, worked);
  findConnectionCauses(database);
  groupDnsCauses(database);
  rankCauses(database);
  sumUp(database);
}
