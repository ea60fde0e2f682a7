/**
 * Which connections followed DNS answers, and what became of them; which came when the answer had expired, and which no
 * answer explains (flow-formats 8.6). A connection is in the scope when its first flow is.
 */

import { ok, type Result } from "@/lib/base/result";
import type { SqlValue } from "@/lib/capture/driver";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import { LOOKUP, partsOf, rowsOf } from "@/lib/capture/sum-tables";
import { type SummedRows, summedRows } from "@/lib/capture/summed";
import { OUTCOME } from "@/lib/insight/outcome";
import { portTerms } from "@/lib/scope/edge-terms";
import type { DnsConnectionsAnswer } from "./dns-connections-answer";
import {
  countedOf,
  type Group,
  keyOf,
  lookupsOf,
  numberOf,
  textOf,
  toGroup,
  WORDS,
} from "./dns-connections-groups";
import {
  addressTerm,
  clientTerm,
  FOLLOWED,
  filterOf,
  lookupTerm,
  nameTerm,
  serverTerm,
} from "./dns-connections-terms";
import { COUNTED, exchangesOf, readWorkload } from "./dns-parts";
import { summedExchanges } from "./dns-scope";
import type { QuestionFailure } from "./failure";
import { flowIdOf } from "./flow-row";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";

export interface DnsConnectionsParameters extends ScopeParameters {
  readonly by: "query" | "client" | "address";
  /** Rows at most, in each list. */
  readonly limit: number;
}

type Answer = Omit<DnsConnectionsAnswer, "meta">;
type Keyed = Pick<Answer["rows"][number], "key" | "filter">;

export function readDnsConnections(
  capture: OpenCapture,
  parameters: DnsConnectionsParameters,
): Result<DnsConnectionsAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { by, limit } = parameters;
  const answer = capture.keep(`dns-connections ${by} ${limit} ${scopeKey(parameters)}`, (): Answer => {
    const reader = new Reader(capture, compileScope(capture.database, scope.value), limit);
    return { ...reader.readFollowed(by), expired: reader.readExpired(), missing: reader.readMissing() };
  });
  const meta = capture.meta("attempts");
  return ok({ meta: { ...meta, notes: [...meta.notes, ...notesOf(capture, answer)] }, ...answer });
}

function notesOf({ database }: OpenCapture, { missing }: Answer): string[] {
  const hasAnswers = database.prepare("SELECT 1 FROM DnsAnswer LIMIT 1").get([]) !== undefined;
  if (!hasAnswers)
    return [
      "No DNS answer with an address is in the log: Hubble writes them for pods under a policy with DNS rules only. What a connection followed is not known.",
    ];
  return missing.attempts === 0
    ? []
    : ["An answer from before the log began is not known: connections that followed one count as missing."];
}

/** Who asked whom, the name and the address, beside a row `f` of LookupSum. A client that is not known is nobody's. */
const NAMED = `JOIN Pair p ON p.id = f.pairId JOIN Actor c ON c.id = p.clientId LEFT JOIN Actor s ON s.id = p.serverId
  LEFT JOIN Text t ON t.id = f.queryId LEFT JOIN Address d ON d.id = f.serverAddressId`;
const FOLLOWED_ROWS = `f.lookup <> ${LOOKUP.missing}`;

const KEYS: Readonly<Record<DnsConnectionsParameters["by"], readonly string[]>> = {
  query: ["t.value"],
  client: ["c.workloadKey"],
  address: ["t.value", "d.ip"],
};

interface Wish {
  /** Over `f`. */
  readonly where: string;
  /** SQL that tells the groups apart. */
  readonly keys: readonly string[];
  /** Aggregates: what is counted beside the attempts. */
  readonly sums?: readonly string[];
}

interface Groups {
  readonly attempts: number;
  readonly groups: readonly Group[];
  readonly folded: Answer["folded"];
}

const LOOKUP_SUMS = [LOOKUP.fresh, LOOKUP.expired, LOOKUP.undated].map(
  (lookup) => `sum(f.n) FILTER (WHERE f.lookup = ${lookup})`,
);
/** What rows of LookupSum are asked for. */
const READS = "f.pairId f.lookup f.queryId f.serverAddressId f.outcome";

class Reader {
  private readonly rows: SummedRows;

  constructor(
    private readonly capture: OpenCapture,
    private readonly scope: CompiledScope,
    private readonly limit: number,
  ) {
    this.rows = summedRows(capture.database, scope, "LookupSum", { reads: READS });
  }

  readFollowed(by: DnsConnectionsParameters["by"]): Pick<Answer, "total" | "rows" | "folded"> {
    const [total] = this.group({ where: FOLLOWED_ROWS, keys: [], sums: LOOKUP_SUMS }).groups;
    const { groups, folded } = this.group({
      where: FOLLOWED_ROWS,
      keys: KEYS[by],
      sums: [
        ...LOOKUP_SUMS,
        "count(DISTINCT coalesce(f.queryId, 0))",
        "count(DISTINCT c.workloadKey)",
        "count(DISTINCT f.serverAddressId)",
      ],
    });
    return {
      total: { ...countedOf(total), ...lookupsOf(total?.sums ?? []) },
      rows: groups.map((group) => ({
        ...this.key(by, group.keys),
        ...countedOf(group),
        ...lookupsOf(group.sums),
        names: Number(group.sums[3]),
        clients: Number(group.sums[4]),
        addresses: Number(group.sums[5]),
      })),
      folded,
    };
  }

  private key(by: DnsConnectionsParameters["by"], [first, second]: readonly SqlValue[]): Keyed {
    if (by === "client") {
      const client = this.workload(first);
      return { key: { client }, filter: filterOf([FOLLOWED, clientTerm(client)]) };
    }
    const query = textOf(first);
    if (by === "query") return { key: { query }, filter: filterOf([nameTerm(query)]) };
    const address = String(second);
    return { key: { query, address }, filter: filterOf([nameTerm(query), addressTerm(address)]) };
  }

  readExpired(): Answer["expired"] {
    const { attempts, groups, folded } = this.group({
      where: `f.lookup = ${LOOKUP.expired}`,
      keys: ["t.value", "c.workloadKey", "d.ip"],
      sums: ["min(f.ttlSeconds)", "max(f.ageNs)"],
    });
    const rows = groups.map((group) => {
      const [query, client, address] = [
        textOf(group.keys[0]),
        this.workload(group.keys[1]),
        String(group.keys[2]),
      ];
      return {
        filter: filterOf([lookupTerm("expired"), nameTerm(query), clientTerm(client), addressTerm(address)]),
        ...{ query, client, address },
        ...countedOf(group),
        ttlSeconds: Number(group.sums[0]),
        oldestNs: String(group.sums[1]),
      };
    });
    return { attempts, rows, folded };
  }

  readMissing(): Answer["missing"] {
    const { attempts, groups, folded } = this.group({
      where: `f.lookup = ${LOOKUP.missing}`,
      keys: ["c.workloadKey", "s.workloadKey", "p.serverPort", "p.protocol"],
    });
    const asking = this.readAsking();
    const rows = groups.map((group) => {
      const [client, server] = [this.workload(group.keys[0]), this.workload(group.keys[1])];
      const [port, protocol] = [numberOf(group.keys[2]), textOf(group.keys[3])];
      const terms = [clientTerm(client), serverTerm(server), ...portTerms(port, protocol)];
      return {
        filter: filterOf([lookupTerm("missing"), ...terms]),
        ...{ client, server, port, protocol },
        ...countedOf(group),
        hasAnswers: asking.has(client.id),
      };
    });
    return { attempts, rows, folded };
  }

  /** Workloads that any answer of the capture gave an address. */
  private readAsking(): ReadonlySet<string> {
    const { table, where } = summedExchanges(this.capture, { filter: { terms: [] } });
    const rows = this.capture.database
      .prepare(
        `SELECT DISTINCT a.workloadKey FROM ${exchangesOf("client", table)}
         WHERE ${COUNTED} AND x.answerId IN (SELECT textId FROM DnsAnswer) AND ${where.sql}`,
      )
      .rows(where.parameters);
    return new Set(rows.map(([key]) => String(key)));
  }

  private workload(key: SqlValue | undefined): Answer["missing"]["rows"][number]["client"] {
    return readWorkload(this.capture, String(key));
  }

  /** Groups with what was not answered first, then most attempts; ties by their keys. */
  private group({ where, keys, sums = [] }: Wish): Groups {
    const { from, parameters, where: inScope } = this.rows;
    const names = keys.map((_, at) => `key${at}`);
    const list = (parts: readonly string[]): string => parts.map((part) => `, ${part}`).join("");
    const rows = this.capture.database
      .prepareExact(
        `SELECT *, count(*) OVER () AS groups, sum(attempts) OVER () AS allAttempts FROM (
           SELECT sum(f.n) AS attempts, min(f.firstNs), max(f.lastNs)
             ${list(WORDS.map(([number]) => `sum(f.n) FILTER (WHERE f.outcome = ${number})`))}
             ${list(keys.map((key, at) => `${key} AS key${at}`))}${list(sums)}
           FROM ${from} ${NAMED} WHERE ${where} AND ${inScope.sql}
           ${keys.length === 0 ? "" : `GROUP BY ${names.join(", ")}`}
           ORDER BY coalesce(sum(f.n) FILTER (WHERE f.outcome <> ${OUTCOME.answered}), 0) DESC, sum(f.n) DESC${list(names)})
         LIMIT ?`,
      )
      .rows([...parameters, ...inScope.parameters, this.limit]);
    const examples = this.examples(where, keys, new Set(rows.map(([, firstNs]) => firstNs ?? null)));
    const groups = rows.map((row) => toGroup(row, names.length, examples));
    const [count, all] = rows[0]?.slice(-2) ?? [0, 0];
    const shown = groups.reduce((sum, { attempts }) => sum + attempts, 0);
    const [attempts, more] = [Number(all ?? 0), Number(count) - groups.length];
    return { attempts, groups, folded: more > 0 ? { rows: more, attempts: attempts - shown } : null };
  }

  /** The first attempt of each group, by its keys, of those that began at these times; of several at once the first by its record. */
  private examples(
    where: string,
    keys: readonly string[],
    times: ReadonlySet<SqlValue>,
  ): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    const statement = this.capture.database.prepareExact(
      `SELECT f.hash, f.occurrence${keys.map((key) => `, ${key}`).join("")}
       FROM (${rowsOf("LookupSum", ["*"], { isBetween: true })}) f ${NAMED} WHERE ${where} AND ${this.scope.sql} ORDER BY 1, 2`,
    );
    for (const ns of times) {
      if (typeof ns !== "bigint") continue;
      const between = Array.from({ length: partsOf("LookupSum") }, () => [ns, ns + 1n]).flat();
      for (const [hash, occurrence, ...own] of statement.rows([...between, ...this.scope.parameters])) {
        const key = keyOf(ns, own);
        if (!found.has(key)) found.set(key, flowIdOf(hash as bigint, Number(occurrence)));
      }
    }
    return found;
  }
}
