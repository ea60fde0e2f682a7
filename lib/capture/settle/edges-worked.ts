/** Whether the edge of a cause of drops worked, before it and since. */

import type { Worked } from "@/lib/insight/causes/cause";
import type { Sqlite } from "../driver";
import { nsOrNull } from "../values";

/** What is said of an edge besides: the last packet delivered to the server and the last answer before the first drop. */
export interface EdgeWorked extends Worked {
  readonly deliveredNs: bigint | null;
  readonly answeredNs: bigint | null;
}

export const NEVER_WORKED: EdgeWorked = {
  beforeNs: null,
  sinceNs: null,
  deliveredNs: null,
  answeredNs: null,
};

/**
 * An edge worked when an answer came on it (but for a reset, or the proxy's own refusal), or when a packet of the client
 * was delivered to the server. By cause: the last time before its first drop, the first time behind it.
 */
export function readWorked(database: Sqlite): Map<number, EdgeWorked> {
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS EdgePair (pairId INTEGER, causeId INTEGER, firstNs INTEGER, PRIMARY KEY (pairId, causeId)) WITHOUT ROWID;
    DELETE FROM temp.EdgePair;
    INSERT INTO temp.EdgePair
      SELECT p.id, c.id, (SELECT min(timeNs) FROM JoinedDrop WHERE causeId = c.id)
      FROM Cause c JOIN Actor ca ON ca.workloadKey = c.clientKey JOIN Pair p ON p.clientId = ca.id
        JOIN Actor sa ON sa.id = p.serverId AND sa.workloadKey = c.serverKey
      WHERE c.kind = 'drop' AND p.serverPort IS c.port AND p.protocol IS c.protocol;`);
  return new Map(
    database
      .prepareExact(
        `SELECT e.causeId, max(f.timeNs) FILTER (WHERE f.timeNs < e.firstNs), min(f.timeNs) FILTER (WHERE f.timeNs >= e.firstNs),
           max(f.timeNs) FILTER (WHERE f.timeNs < e.firstNs AND p.clientSide = 1),
           max(f.timeNs) FILTER (WHERE f.timeNs < e.firstNs AND p.clientSide = 2)
         FROM Flow f CROSS JOIN temp.EdgePair e ON e.pairId = f.pairId CROSS JOIN Pair p ON p.id = f.pairId CROSS JOIN Kind k ON k.id = f.kindId
         WHERE k.verdict IN ('FORWARDED', 'REDIRECTED')
           AND (p.clientSide = 2 OR (k.observationPoint = 'TO_ENDPOINT' AND p.clientSide = 1))
           AND instr(coalesce(k.tcpFlags, ''), 'RST') = 0 AND k.httpCode IS NOT 403 AND k.dnsRcode IS NOT 5
         GROUP BY e.causeId`,
      )
      .rows([])
      .map(([causeId, before, since, delivered, answered]) => [
        Number(causeId),
        {
          beforeNs: nsOrNull(before),
          sinceNs: nsOrNull(since),
          deliveredNs: nsOrNull(delivered),
          answeredNs: nsOrNull(answered),
        },
      ]),
  );
}
