/** Which name a client had asked for, before it called an address: as settling joined it to the attempt. */

import { formatTime } from "@/lib/base/time";
import type { Story } from "./connection-answer";
import { flowIdOf } from "./flow-row";
import type { OpenCapture } from "./open-capture";

export function readResolved(capture: OpenCapture, attemptId: bigint): Story["resolved"] {
  const row = capture.database
    .prepareExact(
      `SELECT t.value AS query, d.ttlSeconds, x.answeredNs, r.ageNs, r.expired, f.hash, f.occurrence
       FROM ResolvedAttempt r JOIN Attempt a ON a.id = r.id JOIN Address s ON s.id = a.serverAddressId
         JOIN DnsExchange x ON x.id = r.dnsId JOIN DnsAnswer d ON d.textId = x.answerId AND d.ipKey = s.ipKey
         JOIN Flow f ON f.id = x.responseId LEFT JOIN Text t ON t.id = x.queryId WHERE r.id = ?`,
    )
    .get([attemptId]);
  if (row === undefined) return null;
  return {
    query: typeof row.query === "string" ? row.query : null,
    id: flowIdOf(row.hash as bigint, Number(row.occurrence)),
    answered: formatTime(row.answeredNs as bigint),
    ttlSeconds: row.ttlSeconds === null ? null : Number(row.ttlSeconds),
    ageNs: String(row.ageNs),
    isExpired: row.expired === null ? null : row.expired === 1n,
  };
}
