/** One row for each address in each distinct DNS answer, so that a connection finds the name that its client asked for. */

import { z } from "zod";
import { ipKey } from "@/lib/base/ip";
import type { Sqlite } from "../../driver";

const ROWS = 4096;
/** Written where an answer has no record to take the time to live from (the largest number). */
const NO_TTL = 4_294_967_295;

const answer = z.object({ ips: z.array(z.string()).optional(), ttl: z.number().optional() });

export function keepAnswers(database: Sqlite): void {
  database.exec("DELETE FROM DnsAnswer WHERE textId NOT IN (SELECT id FROM Text)");
  const read = database.prepare(
    `SELECT t.id, t.value FROM Text t
     WHERE t.id > ? AND t.id IN (SELECT answerId FROM DnsExchange) AND t.id NOT IN (SELECT textId FROM DnsAnswer)
       AND json_array_length(t.value, '$.ips') > 0 ORDER BY t.id LIMIT ${ROWS}`,
  );
  const insert = database.prepare(
    "INSERT OR IGNORE INTO DnsAnswer (textId, ipKey, ttlSeconds) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)",
  );
  for (let last = 0; ; ) {
    const rows = read.rows([last]);
    insert.run([JSON.stringify(rows.flatMap(([id, text]) => addresses(Number(id), String(text))))]);
    if (rows.length < ROWS) return;
    last = Number(rows[ROWS - 1]?.[0]);
  }
}

function addresses(textId: number, text: string): [number, string, number | null][] {
  const { ips = [], ttl } = answer.parse(JSON.parse(text));
  return ips.map((ip) => [textId, ipKey(ip) ?? ip, ttl === undefined || ttl >= NO_TTL ? null : ttl]);
}
