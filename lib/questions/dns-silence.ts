/** What is known beside the count about a resolver that stays silent: drops on the way, node by node, and lost halves of pairs. */

import { ok, type Result } from "@/lib/base/result";
import { DNS_STATE } from "@/lib/capture/settle/dns/pair";
import { halfWords } from "@/lib/insight/dns/finding-words";
import type { Scope } from "@/lib/scope/link";
import type { DnsCausesAnswer } from "./dns-causes-answer";
import { COUNTED, exchangesOf } from "./dns-parts";
import { type Exchanges, exchangesInScope } from "./dns-scope";
import { readDrops } from "./drops";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import type { ScopeParameters } from "./scope-parameters";

type Row = DnsCausesAnswer["rows"][number];

/** Packets to resolvers. */
export const TO_RESOLVERS = "server-port:53";
/** Those that were lost: a name that a DNS rule refused is answered by the proxy, and nobody waits for it. */
const LOST = "!decided-by:l7-rule";
const NODES = 50;

/** The scope's parameters with one more term. */
export function toResolvers(parameters: ScopeParameters): ScopeParameters {
  return withTerms(parameters, TO_RESOLVERS);
}

function withTerms(parameters: ScopeParameters, terms: string): ScopeParameters {
  return { ...parameters, q: [parameters.q ?? "", terms].filter((text) => text !== "").join(" ") };
}

export function explainSilence(
  capture: OpenCapture,
  parameters: ScopeParameters,
  scope: Scope,
  rows: readonly Row[],
): Result<readonly Row[], QuestionFailure> {
  if (!rows.some(isSilence)) return ok(rows);
  const asked = withTerms(parameters, `${TO_RESOLVERS} ${LOST}`);
  const drops = readDrops(capture, { ...asked, by: "node", limit: NODES, buckets: 2 });
  if (!drops.ok) return drops;
  const evidence = drops.value.rows.map(({ key, drops: n, filter }): Row["evidence"][number] => ({
    says: `Drops on port 53 on ${key.node ?? "a node that is not known"}, to whichever resolver`,
    count: n,
    unit: "drops",
    filter: `${TO_RESOLVERS} ${LOST} ${filter}`,
  }));
  const halves = readHalves(capture, exchangesInScope(capture, scope));
  return ok(
    rows.map((row) => {
      if (!isSilence(row)) return row;
      const half = halfWords(halves.get(row.server?.id ?? "") ?? 0);
      const none = drops.value.total === 0 ? ["No drop on port 53 is in this scope."] : [];
      return { ...row, details: [...(half === undefined ? [] : [half]), ...none], evidence };
    }),
  );
}

function isSilence({ type }: Row): boolean {
  return type === "silent-resolver";
}

/** Questions for A and AAAA of one name are asked within this. */
const AT_ONCE_NS = 50_000_000;
/** Unanswered questions that are looked at. */
const LOOKED_AT = 5000;

/** Found by their groups, through the index, as they are few beside all. */
const UNANSWERED_GROUPS = `SELECT id FROM DnsGroup WHERE state = ${DNS_STATE.unanswered}`;

/** By resolver: the share of its unanswered questions whose other half, asked at once, was answered. */
function readHalves({ database }: OpenCapture, { table, where }: Exchanges): Map<string, number> {
  const rows = database
    .prepare(
      `SELECT server, avg(isHalf) FROM (
         SELECT a.workloadKey AS server, EXISTS (
           SELECT 1 FROM DnsExchange y WHERE y.askedNs BETWEEN x.askedNs - ${AT_ONCE_NS} AND x.askedNs + ${AT_ONCE_NS}
             AND y.clientId = x.clientId AND y.queryId = x.queryId AND y.qtypes <> x.qtypes AND y.state = ${DNS_STATE.answered}) AS isHalf
         FROM ${exchangesOf("server", table)}
         WHERE ${COUNTED} AND x.state = ${DNS_STATE.unanswered} AND x.requests > 0 AND x.groupId IN (${UNANSWERED_GROUPS})
           AND ${where.sql} LIMIT ${LOOKED_AT})
       GROUP BY 1`,
    )
    .rows(where.parameters);
  return new Map(rows.map(([key, share]) => [String(key), Number(share)]));
}
