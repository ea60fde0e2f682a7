/** Which name a client had asked for, before it called an address. */

import { formatTime } from "@/lib/base/time";
import type { End } from "./connection";
import type { Story } from "./connection-answer";
import { flowIdOf } from "./flow-row";
import type { OpenCapture } from "./open-capture";

/** The newest answer to the client, not later than `beforeNs`, that has the server's address. */
export function readResolved(
  capture: OpenCapture,
  client: End,
  server: End,
  beforeNs: bigint,
): Story["resolved"] {
  const row = capture.database
    .prepareExact(
      `SELECT t.value AS query, a.ttlSeconds, x.answeredNs, f.hash, f.occurrence
       FROM Endpoint s JOIN DnsAnswer a ON a.ipKey = s.ipKey JOIN DnsExchange x ON x.answerId = a.textId
         JOIN Endpoint c ON c.id = x.clientId JOIN Flow f ON f.id = x.responseId LEFT JOIN Text t ON t.id = x.queryId
       WHERE s.id = ? AND c.addressId = ? AND x.answeredNs <= ?
       ORDER BY x.answeredNs DESC, f.hash, f.occurrence LIMIT 1`,
    )
    .get([server.endpointId, client.addressId, beforeNs]);
  if (row === undefined) return null;
  const answeredNs = row.answeredNs as bigint;
  const ageNs = beforeNs - answeredNs;
  const ttlSeconds = row.ttlSeconds === null ? null : Number(row.ttlSeconds);
  return {
    query: typeof row.query === "string" ? row.query : null,
    id: flowIdOf(row.hash as bigint, Number(row.occurrence)),
    answered: formatTime(answeredNs),
    ttlSeconds,
    ageNs: String(ageNs),
    isExpired: ttlSeconds === null ? null : ageNs > BigInt(ttlSeconds) * 1_000_000_000n,
  };
}
