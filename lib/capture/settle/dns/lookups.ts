/**
 * The DNS answer that each attempt followed. An answer can be used long after it was given, so this is made anew for the
 * whole capture; it touches only attempts towards addresses that any answer gave, and mostly these are few.
 */

import { KnownAddress } from "@/lib/insight/dns/lookup";
import { OUTCOME } from "@/lib/insight/outcome";
import type { Sqlite, SqlValue } from "../../driver";

const ROWS = 16_384;

export function resolveAttempts(database: Sqlite): void {
  database.exec("DELETE FROM ResolvedAttempt");
  gatherEvents(database);
  const insert = database.prepare(
    `INSERT INTO ResolvedAttempt (id, dnsId, ageNs, expired)
     SELECT value ->> 0, value ->> 1, CAST(value ->> 2 AS INTEGER), value ->> 3 FROM json_each(?)`,
  );
  let waiting: (number | string | null)[][] = [];
  let known = new KnownAddress();
  let of = "";
  for (const [client, ipKey, ns, isAttempt, id, ttl] of readEvents(database)) {
    const key = `${client} ${ipKey}`;
    if (key !== of) [known, of] = [new KnownAddress(), key];
    const atNs = ns as bigint;
    if (isAttempt === 0n) {
      known.add({ id: Number(id), answeredNs: atNs, ttlSeconds: ttl === null ? null : Number(ttl) });
      continue;
    }
    const followed = known.followedAt(atNs);
    if (followed === undefined) continue;
    const { id: dnsId, ageNs, isExpired } = followed;
    // Text: nanoseconds are beyond what JSON's readers keep exactly.
    waiting.push([Number(id), dnsId, String(ageNs), isExpired === null ? null : Number(isExpired)]);
    if (waiting.length < ROWS) continue;
    insert.run([JSON.stringify(waiting)]);
    waiting = [];
  }
  insert.run([JSON.stringify(waiting)]);
  database.exec("DROP TABLE temp.LookupTarget; DROP TABLE temp.LookupEvent;");
}

/**
 * Answers and attempts by client and address, each in the order of time; an answer stands before an attempt of its moment.
 * An attempt whose client is not known followed nobody's answer.
 */
function gatherEvents(database: Sqlite): void {
  database.exec(`
    DROP TABLE IF EXISTS temp.LookupTarget;
    DROP TABLE IF EXISTS temp.LookupEvent;
    CREATE TEMP TABLE LookupTarget (addressId INTEGER PRIMARY KEY, ipKey TEXT);
    INSERT INTO temp.LookupTarget SELECT a.id, a.ipKey FROM Address a WHERE a.ipKey IN (SELECT ipKey FROM DnsAnswer)
      AND a.id IN (SELECT serverAddressId FROM Attempt WHERE outcome <> ${OUTCOME.openAlready});
    CREATE TEMP TABLE LookupEvent (client INTEGER, ipKey TEXT, ns INTEGER, isAttempt INTEGER, id INTEGER, ttlSeconds INTEGER);
    INSERT INTO temp.LookupEvent
      SELECT client, ipKey, ns, isAttempt, id, ttlSeconds FROM (
        SELECT c.addressId AS client, a.ipKey, x.answeredNs AS ns, 0 AS isAttempt, x.id, a.ttlSeconds, f.hash, f.occurrence
        FROM DnsAnswer a JOIN DnsExchange x ON x.answerId = a.textId JOIN Endpoint c ON c.id = x.clientId JOIN Flow f ON f.id = x.responseId
        WHERE a.ipKey IN (SELECT ipKey FROM temp.LookupTarget) AND x.answeredNs IS NOT NULL AND NOT x.secondHop
        UNION ALL
        SELECT t.clientAddressId, l.ipKey, t.firstNs, 1, t.id, NULL, 0, 0
        FROM Attempt t JOIN temp.LookupTarget l ON l.addressId = t.serverAddressId JOIN Flow g ON g.id = t.id JOIN Pair p ON p.id = g.pairId
        WHERE t.outcome <> ${OUTCOME.openAlready} AND p.clientId IS NOT NULL
      ) ORDER BY client, ipKey, ns, isAttempt, hash, occurrence;`);
}

/** In the order in which they were put in. */
function* readEvents(database: Sqlite): Generator<readonly SqlValue[]> {
  const statement = database.prepareExact(
    `SELECT client, ipKey, ns, isAttempt, id, ttlSeconds, rowid FROM temp.LookupEvent WHERE rowid > ? ORDER BY rowid LIMIT ${ROWS}`,
  );
  for (let last: SqlValue = 0; ; ) {
    const rows = statement.rows([last]);
    yield* rows;
    if (rows.length < ROWS) return;
    last = rows[ROWS - 1]?.[6] ?? 0;
  }
}
