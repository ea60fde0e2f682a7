/**
 * The steps of settling, in their order. Each deletes its own rows in the neighbourhood and makes them anew, so that
 * it can be repeated; what is as small as the dictionaries is made anew as a whole. None may depend on the order of
 * files or lines. All run within the transaction that makes the revision.
 */

import type { Sqlite } from "../driver";
import { linkPairs, nameActors } from "./actors";
import { rankCauses } from "./cause-table";
import { findConnectionCauses } from "./connection-causes";
import { turnDirections } from "./directions";
import { settleDns } from "./dns";
import { groupDnsCauses } from "./dns/causes";
import { resolveAttempts } from "./dns/lookups";
import { groupDrops } from "./drop-causes";
import { judgeSilence } from "./judge-silence";
import type { Neighbourhood } from "./neighbourhood";
import { pairOldFlows } from "./old-flows";
import { settleInTime } from "./settle-in-time";

type Step = (database: Sqlite, neighbourhood: Neighbourhood) => void;

const STEPS: readonly Step[] = [
  pairOldFlows,
  nameActors,
  (database) => turnDirections(database),
  linkPairs,
  settleInTime,
  judgeSilence,
  settleDns,
  resolveAttempts,
  groupDrops,
  findConnectionCauses,
  groupDnsCauses,
  rankCauses,
];

export function runSteps(database: Sqlite, neighbourhood: Neighbourhood): void {
  for (const step of STEPS) step(database, neighbourhood);
}
