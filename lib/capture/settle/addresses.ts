/** One row for each address of each cluster (for each name of those whose address was left out), with the DNS name and prefix that any record of the capture gives it. */

import { z } from "zod";
import { ipKey } from "@/lib/base/ip";
import { firstName, longestPrefix, normalName } from "@/lib/insight/side";
import type { Sqlite } from "../driver";
import { ENDPOINT_CLUSTER } from "./endpoint-sides";

export function learnAddresses(database: Sqlite): void {
  numberAddresses(database);
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS Told (addressId INTEGER PRIMARY KEY, dnsName TEXT, cidr TEXT, bits INTEGER);
    DELETE FROM temp.Told;`);
  tellFromRecords(database);
  tellFromAnswers(database);
  database.exec(`
    UPDATE Address SET dnsName = t.dnsName, cidr = t.cidr
    FROM (SELECT a.id, t.dnsName, t.cidr FROM Address a LEFT JOIN temp.Told t ON t.addressId = a.id) t
    WHERE t.id = Address.id AND (t.dnsName IS NOT Address.dnsName OR t.cidr IS NOT Address.cidr)`);
}

/**
 * What an endpoint is told from others by: its address, else its name. Printed logs and field masks leave addresses out, and
 * with its ports a name tells connections apart as well. SQL over `e`; NULL where there is neither.
 */
const ADDRESS_KEY = `coalesce(e.ipKey, nullif(e.ip, ''), 'pod ' || coalesce(e.namespace, '?') || '/' || nullif(e.pod, ''),
  'service ' || coalesce(e.serviceNamespace, '?') || '/' || nullif(e.serviceName, ''), 'names ' || e.names)`;

function numberAddresses(database: Sqlite): void {
  database.exec(`
    DELETE FROM Address WHERE id NOT IN (SELECT addressId FROM Endpoint WHERE addressId IS NOT NULL);
    INSERT OR IGNORE INTO Address (cluster, ipKey, ip)
      SELECT ${ENDPOINT_CLUSTER}, ${ADDRESS_KEY}, coalesce(min(e.ip), '') FROM Endpoint e
      WHERE e.addressId IS NULL AND ${ADDRESS_KEY} IS NOT NULL GROUP BY 1, 2;
    UPDATE Endpoint AS e SET addressId = (SELECT id FROM Address WHERE cluster = ${ENDPOINT_CLUSTER} AND ipKey = ${ADDRESS_KEY})
      WHERE e.addressId IS NULL AND ${ADDRESS_KEY} IS NOT NULL;`);
}

type Telling = [addressId: number, dnsName: string | null, cidr: string | null, bits: number | null];

/** The first name by alphabet and the longest prefix stay, whatever the order. */
function tell(database: Sqlite, tellings: readonly Telling[]): void {
  if (tellings.length === 0) return;
  database
    .prepare(
      `INSERT INTO temp.Told (addressId, dnsName, cidr, bits)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
       ON CONFLICT (addressId) DO UPDATE SET
         dnsName = min(coalesce(dnsName, excluded.dnsName), coalesce(excluded.dnsName, dnsName)),
         cidr = CASE WHEN bits IS NULL OR (excluded.bits, bits, cidr) > (bits, excluded.bits, excluded.cidr)
           THEN excluded.cidr ELSE cidr END,
         bits = max(coalesce(bits, excluded.bits), coalesce(excluded.bits, bits))`,
    )
    .run([JSON.stringify(tellings)]);
}

const texts = z.array(z.string());
const ROWS = 4096;

/** Names of records are those that one of the endpoint's peers resolved to the address. */
function tellFromRecords(database: Sqlite): void {
  const statement = database.prepare(
    `SELECT id, addressId, names, CASE WHEN labels LIKE '%"cidr:%' THEN labels END FROM Endpoint
     WHERE id > ? AND addressId IS NOT NULL AND (names IS NOT NULL OR labels LIKE '%"cidr:%') ORDER BY id LIMIT ${ROWS}`,
  );
  for (let last = 0; ; ) {
    const rows = statement.rows([last]);
    tell(
      database,
      rows.map(([, addressId, names, labels]) => {
        const name = names === null ? undefined : firstName(texts.parse(JSON.parse(String(names))));
        const cidr = labels === null ? undefined : longestPrefix(texts.parse(JSON.parse(String(labels))));
        return [Number(addressId), name ?? null, cidr ?? null, cidr === undefined ? null : bitsOf(cidr)];
      }),
    );
    if (rows.length < ROWS) return;
    last = Number(rows[ROWS - 1]?.[0]);
  }
}

function bitsOf(cidr: string): number {
  return Number(cidr.slice(cidr.indexOf("/") + 1));
}

const answer = z.object({ ips: z.array(z.string()).optional() });

/** A DNS answer gives its question's name to its addresses, in the cluster of the node that saw it. */
function tellFromAnswers(database: Sqlite): void {
  const answers = database
    .prepare(
      `SELECT DISTINCT CASE WHEN o.nodeName LIKE '%/%' THEN substr(o.nodeName, 1, instr(o.nodeName, '/') - 1) ELSE 'default' END,
         q.value, t.value
       FROM (SELECT DISTINCT observerId, l7TextId, dnsAnswerId FROM Flow WHERE dnsAnswerId IS NOT NULL AND l7TextId IS NOT NULL) f
       JOIN Observer o ON o.id = f.observerId JOIN Text q ON q.id = f.l7TextId JOIN Text t ON t.id = f.dnsAnswerId`,
    )
    .rows([]);
  const find = database.prepare("SELECT id FROM Address WHERE cluster = ? AND ipKey = ?");
  let tellings: Telling[] = [];
  for (const [cluster, query, text] of answers) {
    const name = normalName(String(query));
    if (name === undefined) continue;
    for (const ip of answer.parse(JSON.parse(String(text))).ips ?? []) {
      const found = find.get([String(cluster), ipKey(ip) ?? ip]);
      if (found !== undefined) tellings.push([Number(found.id), name, null, null]);
    }
    if (tellings.length >= ROWS) {
      tell(database, tellings);
      tellings = [];
    }
  }
  tell(database, tellings);
}
