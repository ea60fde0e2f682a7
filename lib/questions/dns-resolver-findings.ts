/** Findings about resolvers: those that answer SERVFAIL, and those that are asked again. */

import type { SqlValue } from "@/lib/capture/driver";
import { DNS_STATE } from "@/lib/capture/settle/dns/pair";
import { classOf } from "@/lib/insight/causes/cause";
import { retryWords, servfailWords, type Upstream } from "@/lib/insight/dns/finding-words";
import { CAUSE_CLASS_NAMES } from "./answers-drops";
import { EACH, FindingReader, type FindingRow, nameOf, time } from "./dns-finding-reader";
import { COUNTED, exchangesOf, readWorkload } from "./dns-parts";
import { keyFilter } from "./dns-terms";

/** An upstream with the filter terms of its side. */
interface Hop extends Upstream {
  readonly resolver: string;
  readonly terms: string;
}

const HOP_FAILED = "dns:second-hop dns-rcode:SERVFAIL";
const HOP_SILENT = "dns:second-hop dns-state:unanswered";

/** The resolver said what is so: the name exists, or it does not. */
const ANSWERED_WELL = "x.rcode IN (0, 3) AND x.responses > 0";
const ANSWERED_AT_ALL = `x.state = ${DNS_STATE.answered}`;

export class ResolverFindings extends FindingReader {
  servfail(): FindingRow[] {
    const failed = this.servers("x.rcode IS 2 AND x.responses > 0", "responses");
    if (failed.length === 0) return [];
    const { table, where } = this.scope;
    const answers = new Map(
      this.rows(
        `SELECT a.workloadKey, sum(x.responses) FROM ${exchangesOf("server", table)} WHERE ${COUNTED} AND ${where.sql} GROUP BY 1`,
      ).map(([key, n]) => [String(key), Number(n)]),
    );
    const names = this.rows(
      `SELECT a.workloadKey, n.value, sum(x.responses) AS n FROM ${exchangesOf("server", table)} LEFT JOIN Text n ON n.id = x.queryId
       WHERE ${COUNTED} AND ${where.sql} AND x.rcode IS 2 AND x.responses > 0 GROUP BY 1, 2 ORDER BY n DESC, n.value`,
    );
    const hops = this.hops();
    return failed.map(({ key, ...counted }) => {
      const server = readWorkload(this.capture, key);
      const upstreams = hops.filter(({ resolver }) => resolver === key);
      const own = names.filter(([of]) => of === key);
      const isNameless = own.some(([, name]) => name === null);
      const words = servfailWords({
        server: nameOf(server),
        failures: counted.count,
        answers: answers.get(key) ?? 0,
        names: own.flatMap(([, name]) => (name === null ? [] : [String(name)])),
        isNameless,
        upstreams,
        passesOn: upstreams.length > 0 || this.passesOn(key),
      });
      return this.toRow("servfail", [key], words, counted, {
        unit: "responses",
        server,
        filter: `dns:response dns-rcode:SERVFAIL ${keyFilter({ server })}`,
        // Records without names are counts of half a minute: what came first in it is not known.
        ...(isNameless
          ? { class: (answers.get(key) ?? 0) > counted.count ? "degraded" : "never-worked" }
          : this.worked(key, counted.firstNs, ANSWERED_WELL)),
        evidence: upstreams.flatMap(evidenceOf),
      });
    });
  }

  /** What resolvers passed on and an upstream failed or did not answer, by both. */
  private hops(): Hop[] {
    const { table, where } = this.scope;
    const [silent, failed] = [`(x.state = ${DNS_STATE.unanswered})`, "(x.rcode IS 2)"];
    return this.rows(
      `SELECT ca.workloadKey, a.workloadKey, sum(${failed} * x.requests) AS failed, sum(${silent} * x.requests) AS silent
       FROM ${exchangesOf("server", table)} JOIN Endpoint c ON c.id = x.clientId JOIN Actor ca ON ca.id = c.actorId
       WHERE x.secondHop AND (${silent} OR ${failed}) AND ${where.sql}
       GROUP BY 1, 2 HAVING failed + silent > 0 ORDER BY failed + silent DESC, 1, 2 LIMIT ${EACH}`,
    ).map(([resolver, key, failures, unanswered]) => {
      const [client, server] = [resolver, key].map((one) => readWorkload(this.capture, String(one)));
      if (client === undefined || server === undefined) throw new Error("a hop has two ends");
      return {
        resolver: String(resolver),
        name: nameOf(server),
        failures: Number(failures),
        silent: Number(unanswered),
        terms: `${keyFilter({ client })} ${keyFilter({ server })}`,
      };
    });
  }

  /** Whether the log shows anything that this resolver passed on, in the scope or not. */
  private passesOn(workloadKey: string): boolean {
    const row = this.capture.database
      .prepare(
        `SELECT 1 FROM DnsGroup x WHERE x.secondHop AND x.clientId IN
           (SELECT e.id FROM Endpoint e JOIN Actor a ON a.id = e.actorId WHERE a.workloadKey = ?) LIMIT 1`,
      )
      .get([workloadKey]);
    return row !== undefined;
  }

  retries(): FindingRow[] {
    const repeated = this.servers("x.retryOf IS NOT NULL AND x.requests > 0", "requests");
    if (repeated.length === 0) return [];
    const waited = new Map(
      this.exact(
        `SELECT a.workloadKey AS key, sum(x.askedNs - r.askedNs) AS ns FROM ${exchangesOf("server", this.each.table)}
         JOIN DnsExchange r ON r.id = x.retryOf WHERE x.retryOf IS NOT NULL AND x.groupId IN (SELECT id FROM DnsGroup WHERE retry)
           AND ${COUNTED} AND x.requests > 0 AND ${this.each.where.sql} GROUP BY 1`,
        [],
        this.each,
      ).map(({ key, ns }) => [String(key), typeof ns === "bigint" ? ns : 0n]),
    );
    return repeated.map(({ key, ...counted }) => {
      const server = readWorkload(this.capture, key);
      const words = retryWords({
        server: nameOf(server),
        retries: counted.count,
        clients: counted.clients,
        waitedNs: waited.get(key) ?? 0n,
      });
      return this.toRow("retries", [key], words, counted, {
        unit: "queries",
        server,
        filter: `dns:query dns-state:retry ${keyFilter({ server })}`,
        ...this.worked(key, counted.firstNs, ANSWERED_AT_ALL),
        class: "degraded",
      });
    });
  }

  /**
   * When the resolver last worked before the first failure of the scope, and when first behind it: in the whole capture, as for
   * causes, because a filter that shows the failures mostly hides the rest.
   */
  private worked(
    key: string,
    firstNs: SqlValue | undefined,
    how: string,
  ): Pick<FindingRow, "worked" | "class"> {
    const nearest = (is: "<" | ">", order: "DESC" | "ASC"): bigint | null => {
      if (typeof firstNs !== "bigint") return null;
      const row = this.capture.database
        .prepareExact(
          `SELECT x.askedNs FROM DnsExchange x WHERE x.askedNs ${is} ? AND ${COUNTED} AND ${how} AND x.serverId IN
             (SELECT e.id FROM Endpoint e JOIN Actor a ON a.id = e.actorId WHERE a.workloadKey = ?)
           ORDER BY x.askedNs ${order} LIMIT 1`,
        )
        .get([firstNs, key]);
      return typeof row?.askedNs === "bigint" ? row.askedNs : null;
    };
    const edge = { beforeNs: nearest("<", "DESC"), sinceNs: nearest(">", "ASC") };
    const kind = classOf(edge, false);
    return {
      worked: { before: time(edge.beforeNs), since: time(edge.sinceNs) },
      class: CAUSE_CLASS_NAMES[kind - 1] ?? "degraded",
    };
  }
}

function evidenceOf({ name, failures, silent, terms }: Hop): FindingRow["evidence"] {
  const one = (says: string, count: number, filter: string): FindingRow["evidence"] =>
    count === 0 ? [] : [{ says, count, unit: "queries", filter: `${filter} ${terms}` }];
  return [
    ...one(`Passed on to ${name}, which answered SERVFAIL`, failures, HOP_FAILED),
    ...one(`Passed on to ${name}, which did not answer within 5 s`, silent, HOP_SILENT),
  ];
}
