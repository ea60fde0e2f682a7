/**
 * Which connections followed DNS answers, and what became of them; which came when the answer had expired, and which no
 * answer explains (flow-formats 8.6). A connection is in the scope when its first flow is.
 */

import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import type { SqlValue } from "@/lib/capture/driver";
import { MISSING } from "@/lib/capture/outcome-conditions";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import { OUTCOME } from "@/lib/insight/outcome";
import { portTerms } from "@/lib/scope/edge-terms";
import type { ConnectionWord } from "@/lib/scope/outcome-kinds";
import type { DnsConnectionsAnswer } from "./dns-connections-answer";
import {
  addressTerm,
  clientTerm,
  FOLLOWED,
  filterOf,
  lookupTerm,
  nameTerm,
  serverTerm,
} from "./dns-connections-terms";
import { readWorkload } from "./dns-parts";
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
type Attempts = Answer["missing"]["rows"][number];
type Counted = Pick<Attempts, "attempts" | "outcomes" | "first" | "last" | "example">;

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

const FOLLOWED_SQL = `FROM ResolvedAttempt r CROSS JOIN Attempt a ON a.id = r.id CROSS JOIN Flow f ON f.id = r.id
  JOIN DnsExchange x ON x.id = r.dnsId JOIN Address s ON s.id = a.serverAddressId
  JOIN DnsAnswer d ON d.textId = x.answerId AND d.ipKey = s.ipKey JOIN Pair p ON p.id = f.pairId JOIN Actor c ON c.id = p.clientId
  LEFT JOIN Text t ON t.id = x.queryId`;
/** Read from the attempts on, as they are fewer than flows: left to itself SQLite makes an index over all flows first. */
const MISSING_SQL = `FROM Attempt a CROSS JOIN Flow f ON f.id = a.id CROSS JOIN Pair p ON p.id = f.pairId
  CROSS JOIN Actor s ON s.id = p.serverId CROSS JOIN Actor c ON c.id = p.clientId`;

const KEYS: Readonly<Record<DnsConnectionsParameters["by"], readonly string[]>> = {
  query: ["t.value"],
  client: ["c.workloadKey"],
  address: ["t.value", "s.ip"],
};

/** By the number of the outcome. */
const WORDS: readonly (readonly [number, ConnectionWord])[] = [
  [OUTCOME.answered, "answered"],
  [OUTCOME.refused, "refused"],
  [OUTCOME.droppedEgress, "dropped-at-client"],
  [OUTCOME.droppedIngress, "dropped-at-server"],
  [OUTCOME.dropped, "dropped-somewhere"],
  [OUTCOME.noReply, "no-reply"],
  [OUTCOME.gap, "gap"],
  [OUTCOME.open, "open"],
  [OUTCOME.unknowable, "unknowable"],
];

interface Wish {
  readonly from: string;
  readonly where?: string;
  /** SQL that tells the groups apart. */
  readonly keys: readonly string[];
  /** SQL over each attempt, and aggregates over these: what is counted beside the attempts. */
  readonly columns?: readonly string[];
  readonly sums?: readonly string[];
}

interface Group extends Counted {
  readonly keys: readonly SqlValue[];
  readonly sums: readonly SqlValue[];
}

interface Groups {
  readonly attempts: number;
  readonly groups: readonly Group[];
  readonly folded: Answer["folded"];
}

const LOOKUP_SUMS = [
  "count(*) FILTER (WHERE expired = 0)",
  "count(*) FILTER (WHERE expired = 1)",
  "count(*) FILTER (WHERE expired IS NULL)",
];

class Reader {
  constructor(
    private readonly capture: OpenCapture,
    private readonly scope: CompiledScope,
    private readonly limit: number,
  ) {}

  readFollowed(by: DnsConnectionsParameters["by"]): Pick<Answer, "total" | "rows" | "folded"> {
    const columns = ["r.expired", "x.queryId", "c.workloadKey AS clientKey", "a.serverAddressId"];
    const [total] = this.group({ from: FOLLOWED_SQL, keys: [], columns, sums: LOOKUP_SUMS }).groups;
    const { groups, folded } = this.group({
      from: FOLLOWED_SQL,
      keys: KEYS[by],
      columns,
      sums: [
        ...LOOKUP_SUMS,
        "count(DISTINCT coalesce(queryId, 0))",
        "count(DISTINCT clientKey)",
        "count(DISTINCT serverAddressId)",
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
      from: FOLLOWED_SQL,
      where: "r.expired = 1",
      keys: ["t.value", "c.workloadKey", "s.ip"],
      columns: ["d.ttlSeconds", "r.ageNs"],
      sums: ["min(ttlSeconds)", "max(ageNs)"],
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
      from: MISSING_SQL,
      where: MISSING,
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
    const rows = this.capture.database
      .prepare(
        `SELECT DISTINCT a.workloadKey FROM DnsExchange x JOIN Endpoint e ON e.id = x.clientId JOIN Actor a ON a.id = e.actorId
         WHERE NOT x.secondHop AND x.answerId IN (SELECT textId FROM DnsAnswer)`,
      )
      .rows([]);
    return new Set(rows.map(([key]) => String(key)));
  }

  private workload(key: SqlValue | undefined): Answer["missing"]["rows"][number]["client"] {
    return readWorkload(this.capture, String(key));
  }

  /** Groups with what was not answered first, then most attempts; ties by their keys. */
  private group({ from, where = "1", keys, columns = [], sums = [] }: Wish): Groups {
    const names = keys.map((_, at) => `key${at}`);
    const list = (parts: readonly string[]): string => parts.map((part) => `, ${part}`).join("");
    const partition = keys.length === 0 ? "" : `PARTITION BY ${keys.join(", ")}`;
    const rows = this.capture.database
      .prepareExact(
        `SELECT *, count(*) OVER () AS groups, sum(attempts) OVER () AS allAttempts FROM (
           SELECT count(*) AS attempts, min(firstNs), max(firstNs), max(hash) FILTER (WHERE place = 1), max(occurrence) FILTER (WHERE place = 1)
             ${list(WORDS.map(([number]) => `count(*) FILTER (WHERE outcome = ${number})`))}${list(names)}${list(sums)}
           FROM (
             SELECT a.firstNs, a.outcome, f.hash, f.occurrence${list(keys.map((key, at) => `${key} AS key${at}`))}${list(columns)},
               row_number() OVER (${partition} ORDER BY a.firstNs, f.hash, f.occurrence) AS place
             ${from} WHERE ${where} AND ${this.scope.sql})
           ${keys.length === 0 ? "" : `GROUP BY ${names.join(", ")}`}
           ORDER BY count(*) FILTER (WHERE outcome <> ${OUTCOME.answered}) DESC, count(*) DESC${list(names)})
         LIMIT ?`,
      )
      .rows([...this.scope.parameters, this.limit]);
    const groups = rows.map((row) => toGroup(row, names.length));
    const [count, all] = rows[0]?.slice(-2) ?? [0, 0];
    const shown = groups.reduce((sum, { attempts }) => sum + attempts, 0);
    const [attempts, more] = [Number(all ?? 0), Number(count) - groups.length];
    return { attempts, groups, folded: more > 0 ? { rows: more, attempts: attempts - shown } : null };
  }
}

function toGroup(row: readonly SqlValue[], keyCount: number): Group {
  const [attempts, firstNs, lastNs, hash, occurrence, ...rest] = row;
  const outcomes = WORDS.flatMap(([, word], at) =>
    Number(rest[at]) === 0 ? [] : [[word, Number(rest[at])]],
  );
  const keys = rest.slice(WORDS.length, WORDS.length + keyCount);
  return {
    attempts: Number(attempts),
    outcomes: Object.fromEntries(outcomes) as Counted["outcomes"],
    first: typeof firstNs === "bigint" ? formatTime(firstNs) : null,
    last: typeof lastNs === "bigint" ? formatTime(lastNs) : null,
    example: typeof hash === "bigint" ? flowIdOf(hash, Number(occurrence)) : null,
    keys,
    sums: rest.slice(WORDS.length + keyCount, -2),
  };
}

function countedOf(group: Group | undefined): Counted {
  if (group === undefined) return { attempts: 0, outcomes: {}, first: null, last: null, example: null };
  const { attempts, outcomes, first, last, example } = group;
  return { attempts, outcomes, first, last, example };
}

function lookupsOf([fresh, expired, undated]: readonly SqlValue[]): {
  fresh: number;
  expired: number;
  undated: number;
} {
  return { fresh: Number(fresh ?? 0), expired: Number(expired ?? 0), undated: Number(undated ?? 0) };
}

function numberOf(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function textOf(value: SqlValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}
