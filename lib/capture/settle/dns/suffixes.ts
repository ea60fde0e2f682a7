/** Learns search suffixes from all names of the capture, client by client. */

import { type AskedNames, SuffixLearner } from "@/lib/insight/dns/learn-suffixes";
import type { Suffixes } from "@/lib/insight/dns/search-list";
import type { Sqlite } from "../../driver";

/** Names of one client that teach: enough for any search list, and a bound for a log of random names. */
const NAMES = 20_000;

/** By cluster. */
export type SuffixesOf = ReadonlyMap<string, Suffixes>;

/** Suffixes of each cluster; and whether they are others than those of the revision before. */
export function learnClusterSuffixes(database: Sqlite): {
  readonly suffixes: SuffixesOf;
  readonly haveChanged: boolean;
} {
  const learners = new Map<string, SuffixLearner>();
  for (const { cluster, ...client } of readClients(database)) {
    let learner = learners.get(cluster);
    if (learner === undefined) {
      learner = new SuffixLearner();
      learners.set(cluster, learner);
    }
    learner.add(client);
  }
  const suffixes = new Map([...learners].map(([cluster, learner]) => [cluster, learner.result()] as const));
  return { suffixes, haveChanged: keepSuffixes(database, suffixes) };
}

function keepSuffixes(database: Sqlite, suffixes: SuffixesOf): boolean {
  const read = (): string =>
    JSON.stringify(database.prepare("SELECT * FROM DnsSuffix ORDER BY cluster, suffix").rows([]));
  const before = read();
  database.exec("DELETE FROM DnsSuffix");
  const insert = database.prepare("INSERT INTO DnsSuffix (cluster, suffix, kind) VALUES (?, ?, ?)");
  for (const [cluster, { domains, node }] of suffixes) {
    for (const domain of domains) insert.run([cluster, domain, "domain"]);
    for (const suffix of node) insert.run([cluster, suffix, "node"]);
  }
  return read() !== before;
}

/** Each client with the names that it asked for; those of a client in the order of the alphabet, up to a bound. */
function* readClients(database: Sqlite): Generator<AskedNames & { readonly cluster: string }> {
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS DnsName (actorId INTEGER, queryId INTEGER, isMissing INTEGER, PRIMARY KEY (actorId, queryId)) WITHOUT ROWID;
    DELETE FROM temp.DnsName;
    INSERT INTO temp.DnsName
      SELECT e.actorId, x.queryId, max(x.rcode IS 3) FROM DnsExchange x JOIN Endpoint e ON e.id = x.clientId
      WHERE x.queryId IS NOT NULL AND e.actorId IS NOT NULL GROUP BY 1, 2`);
  const actors = database
    .prepare(
      `SELECT a.id, a.cluster, a.namespace FROM Actor a
       WHERE a.id IN (SELECT actorId FROM temp.DnsName WHERE isMissing) ORDER BY a.key`,
    )
    .rows([]);
  const names = database.prepare(
    `SELECT t.value, n.isMissing FROM temp.DnsName n JOIN Text t ON t.id = n.queryId WHERE n.actorId = ? ORDER BY 1 LIMIT ${NAMES}`,
  );
  for (const [actor, cluster, namespace] of actors) {
    const rows = names.rows([Number(actor)]);
    yield {
      cluster: String(cluster),
      namespace: namespace === null ? undefined : String(namespace),
      names: new Set(rows.map(([name]) => String(name))),
      missing: new Set(rows.filter(([, isMissing]) => isMissing === 1).map(([name]) => String(name))),
    };
  }
}
