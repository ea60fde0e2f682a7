/** Settles what DNS exchanges mean, once they are paired: search lists, what is open, and the addresses that answers gave. */

import type { Condition } from "../../conditions";
import type { Sqlite } from "../../driver";
import { EVERYTHING, type Neighbourhood } from "../neighbourhood";
import type { SumChanges } from "../sum-changes";
import { SUMS, sumUp } from "../sum-up";
import { keepAnswers } from "./answers";
import { type FoundDnsCauses, findDnsCauses } from "./causes";
import { moveToGroups } from "./groups";
import { findDnsMeanings } from "./meanings";
import { DNS_STATE } from "./pair";
import { learnClusterSuffixes } from "./suffixes";

const ALL: Condition = { sql: "1", parameters: [] };

/** All that DNS exchanges mean by themselves: also for the database of dns/beside.ts, which has no other settled rows. */
export function judgeDns(
  database: Sqlite,
  neighbourhood: Neighbourhood,
  changes?: SumChanges,
): FoundDnsCauses {
  settleDns(database, neighbourhood, changes);
  sumUp(database, SUMS.dns, { changed: changes?.buckets() });
  return findDnsCauses(database);
}

function settleDns(database: Sqlite, neighbourhood: Neighbourhood, changes?: SumChanges): void {
  const { suffixes, haveChanged } = learnClusterSuffixes(database);
  // A suffix that was not known before can change what any name of the capture means.
  findDnsMeanings(database, haveChanged ? EVERYTHING : neighbourhood, suffixes);
  decideOpen(database);
  moveToGroups(database, changes?.within("x.askedNs") ?? ALL);
  keepAnswers(database);
}

/**
 * Open: no answer, but asked in the capture's last five seconds, or when its node lost events before an answer had to be
 * there. Both depend on more than the neighbourhood, and few questions have no answer.
 */
function decideOpen(database: Sqlite): void {
  const { unanswered, open } = DNS_STATE;
  const timeout = "5000000000";
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS DnsGap (nodeName TEXT, fromNs INTEGER, toNs INTEGER);
    DELETE FROM temp.DnsGap;
    INSERT INTO temp.DnsGap SELECT o.nodeName, coalesce(r.lostFromNs, r.timeNs) AS fromNs, coalesce(r.lostToNs, r.timeNs)
      FROM OtherRecord r JOIN Observer o ON o.id = r.observerId WHERE r.kind = 'lost_events' AND r.duplicate = 0 AND fromNs IS NOT NULL;
    UPDATE DnsExchange AS x SET state = CASE
        WHEN askedNs >= (SELECT max(timeNs) FROM Flow) - ${timeout} THEN ${open}
        WHEN EXISTS (
          SELECT 1 FROM temp.DnsGap g, Flow f JOIN Observer o ON o.id = f.observerId
          WHERE f.id = x.id AND g.fromNs <= x.askedNs + ${timeout} AND g.toNs >= x.askedNs
            AND (g.nodeName IS NULL OR o.nodeName IS NULL OR g.nodeName = o.nodeName)
        ) THEN ${open} ELSE ${unanswered} END
      WHERE state IN (${unanswered}, ${open}) AND askedNs IS NOT NULL AND responseId IS NULL`);
}
