/**
 * What is wrong with DNS in a scope: causes that are settled with the capture, and findings over the questions of the scope.
 *
 * Each row says the filter that lists what it counts, whichever of both it is.
 */

import { ok, type Result } from "@/lib/base/result";
import { readAllCauses } from "./all-causes";
import type { AllCausesAnswer } from "./all-causes-answer";
import type { DnsCausesAnswer } from "./dns-causes-answer";
import { readFindings } from "./dns-findings";
import { dnsMeta } from "./dns-scope";
import { explainSilence, TO_RESOLVERS, toResolvers } from "./dns-silence";
import { readDropCause } from "./drop-cause";
import { readDrops } from "./drops";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters } from "./scope-parameters";

export interface DnsCausesParameters extends ScopeParameters {
  /** Rows at most. */
  readonly limit: number;
}

type Row = DnsCausesAnswer["rows"][number];

/** Worst first; suspicions and noise last. */
const RANK: readonly Row["class"][] = ["never-worked", "broken-since", "degraded", "noise"];
/** Causes of each kind that are looked at. */
const EACH = 500;

export function readDnsCauses(
  capture: OpenCapture,
  parameters: DnsCausesParameters,
): Result<DnsCausesAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const settled = readAllCauses(capture, { ...parameters, kind: "dns", limit: EACH, buckets: 2 });
  if (!settled.ok) return settled;
  const dropped = readDropped(capture, parameters);
  if (!dropped.ok) return dropped;
  const own = settled.value.rows.filter(({ count }) => count > 0).map(toRow);
  const silent = explainSilence(capture, parameters, scope.value, own);
  if (!silent.ok) return silent;
  const rows = [...silent.value, ...dropped.value, ...readFindings(capture, scope.value)].sort(
    (a, b) =>
      RANK.indexOf(a.class) - RANK.indexOf(b.class) ||
      b.clients - a.clients ||
      b.count - a.count ||
      (a.causeId < b.causeId ? -1 : 1),
  );
  return ok({ meta: dnsMeta(capture), total: rows.length, rows: rows.slice(0, parameters.limit) });
}

/** What the count of a settled cause counts. */
function unitOf(type: string): Pick<Row, "unit"> & { readonly role: string } {
  if (type === "node-local-dns") return { unit: "drops", role: "" };
  return type === "failing-name"
    ? { unit: "responses", role: "dns:response " }
    : { unit: "queries", role: "dns:query " };
}

function toRow(cause: AllCausesAnswer["rows"][number]): Row {
  const {
    causeId,
    type,
    sentence,
    remedy,
    count,
    clients,
    client,
    server,
    subject,
    first,
    last,
    worked,
    rhythmNs,
  } = cause;
  const { unit, role } = unitOf(type);
  return {
    causeId,
    type,
    class: cause.class,
    sentence,
    details: [],
    evidence: [],
    remedy,
    count,
    unit,
    clients,
    client,
    server,
    subject,
    first,
    last,
    worked,
    rhythmNs,
    filter: `${role}cause:${causeId}`,
  };
}

/** Drops on the way to a resolver: its clients see silence. Refused names and the node-local cache have causes of their own. */
function readDropped(capture: OpenCapture, parameters: ScopeParameters): Result<Row[], QuestionFailure> {
  const asked = toResolvers(parameters);
  const drops = readDrops(capture, { ...asked, by: "cause", limit: EACH, buckets: 2 });
  if (!drops.ok) return drops;
  const trapped = readTrapped(capture);
  const rows: Row[] = [];
  for (const row of drops.value.rows) {
    const { causeId } = row.key;
    if (causeId === undefined || row.decidedBy === "l7-rule" || trapped.has(causeId)) continue;
    const explained = readDropCause(capture, { ...asked, causeId, buckets: 2 });
    if (!explained.ok) return explained;
    const { remedy, hints, worked } = explained.value;
    rows.push({
      causeId,
      type: "dropped-resolver",
      class: row.class ?? "degraded",
      sentence: row.sentence ?? row.reasonText ?? "Packets to a resolver are dropped.",
      details: [...hints, worked.says],
      evidence: [],
      remedy: {
        text: remedy.text,
        yaml: remedy.policies.find(({ dialect }) => dialect === "cilium")?.yaml ?? null,
      },
      count: row.drops,
      unit: "drops",
      clients: 1,
      client: null,
      server: null,
      subject: null,
      first: row.first,
      last: row.last,
      worked: { before: worked.before, since: worked.since },
      rhythmNs: null,
      filter: `${TO_RESOLVERS} ${row.filter}`,
    });
  }
  return ok(rows);
}

/** Causes of drops that the node-local trap explains. */
function readTrapped({ database }: OpenCapture): Set<string> {
  const rows = database
    .prepare("SELECT evidence ->> '$.drop' FROM Cause WHERE type = 'node-local-dns'")
    .rows([]);
  return new Set(rows.map(([id]) => String(id)));
}
