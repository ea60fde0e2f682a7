/** All causes of the capture, ranked in one order whatever their kind, each with its sentence and what to do. */

import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import type { SqlRow, SqlValue } from "@/lib/capture/driver";
import { CAUSE_RANK, IS_TOLD_AS_DROPS } from "@/lib/capture/settle/cause-table";
import { CAUSE_CLASSES, type CauseClass, type CauseKind } from "@/lib/insight/causes/cause";
import {
  CONNECTION_TYPES,
  connectionRemedy,
  connectionSentence,
} from "@/lib/insight/causes/connection-words";
import { DNS_CAUSE_TYPES, type DnsCauseType, dnsRemedy, dnsSentence } from "@/lib/insight/causes/dns-words";
import { dropRemedy, dropSentence } from "@/lib/insight/causes/drop-words";
import type { Scope } from "@/lib/scope/link";
import { type AllCausesAnswer, CAUSE_UNITS } from "./all-causes-answer";
import { CAUSE_CLASS_NAMES } from "./answers-drops";
import { type CauseCount, countCauses } from "./cause-counts";
import { readCauses } from "./causes";
import { readWorkload } from "./dns-parts";
import { missingRule } from "./drop-wish";
import type { QuestionFailure } from "./failure";
import { flowIdOf } from "./flow-row";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";

export interface AllCausesParameters extends ScopeParameters {
  readonly kind?: CauseKind;
  readonly limit: number;
  /** Of the trends, at most. */
  readonly buckets: number;
}

type Row = AllCausesAnswer["rows"][number];

export function readAllCauses(
  capture: OpenCapture,
  parameters: AllCausesParameters,
): Result<AllCausesAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { kind, limit, buckets } = parameters;
  const { bucketNs, counts } = capture.keep(`causes ${kind} ${buckets} ${scopeKey(parameters)}`, () =>
    countCauses(capture, scope.value, buckets, kind),
  );
  const listed = capture.database
    .prepareExact(
      `SELECT c.*, f.hash, f.occurrence FROM (SELECT * FROM Cause WHERE ${kind === undefined ? `NOT (${IS_TOLD_AS_DROPS})` : "kind = ?"}) c
         LEFT JOIN Flow f ON f.id = c.exampleId ORDER BY ${CAUSE_RANK}`,
    )
    .all(kind === undefined ? [] : [kind])
    .filter(({ id }) => (counts.get(Number(id))?.count ?? 0) > 0);
  const rows = listed.slice(0, limit);
  const words = readWords(capture, rows);
  return ok({
    meta: metaOf(capture, scope.value),
    total: listed.length,
    noise: listed.filter((row) => Number(row.class) === CAUSE_CLASSES.noise).length,
    bucketNs: String(bucketNs),
    rows: rows.map((row) => toRow(capture, row, words, counts.get(Number(row.id)))),
    folded: listed.length - rows.length,
  });
}

function metaOf(capture: OpenCapture, { filter, from, to }: Scope): AllCausesAnswer["meta"] {
  const meta = capture.meta("records");
  if (filter.terms.length === 0 && from === undefined && to === undefined) return meta;
  const note = "Sentences, times and ranks are of the whole capture; `count` and `trend` are of the scope.";
  return { ...meta, notes: [...meta.notes, note] };
}

interface Words {
  readonly sentence: string;
  readonly remedy: Row["remedy"];
}

/** By id of the cause. */
function readWords(capture: OpenCapture, rows: readonly SqlRow[]): Map<number, Words> {
  const words = new Map<number, Words>();
  const drops = rows.filter(({ kind }) => kind === "drop").map(({ id }) => Number(id));
  for (const cause of readCauses(capture, drops).values()) {
    const remedy = { text: dropRemedy(cause.facts).text, yaml: missingRule(capture, cause) };
    words.set(cause.id, { sentence: dropSentence(cause.facts), remedy });
  }
  for (const row of rows) {
    if (row.kind === "dns") words.set(Number(row.id), dnsWords(capture, row));
    else if (row.kind !== "drop") words.set(Number(row.id), connectionWords(capture, row));
  }
  return words;
}

function connectionWords(capture: OpenCapture, row: SqlRow): Words {
  const evidence = JSON.parse(String(row.evidence)) as { readonly total?: number };
  const type = CONNECTION_TYPES.find((one) => one === row.type);
  if (type === undefined) throw new Error(`no such cause of connections: ${String(row.type)}`);
  const facts = {
    type,
    client: shown(capture, row.clientKey),
    server: shown(capture, row.serverKey),
    port: row.port === null ? null : Number(row.port),
    protocol: String(row.protocol ?? ""),
    subject: row.subject === null ? null : String(row.subject),
    count: Number(row.count),
    total: evidence.total ?? Number(row.count),
    clients: Number(row.clients),
    class: Number(row.class) as CauseClass,
  };
  return { sentence: connectionSentence(facts), remedy: { text: connectionRemedy(facts), yaml: null } };
}

function dnsWords(capture: OpenCapture, row: SqlRow): Words {
  const evidence = JSON.parse(String(row.evidence)) as { readonly queries?: number };
  const facts = {
    type: dnsType(row.type),
    client: shown(capture, row.clientKey),
    server: shown(capture, row.serverKey),
    clients: Number(row.clients),
    subject: row.subject === null ? null : String(row.subject),
    code: row.code === null ? null : Number(row.code),
    count: Number(row.count),
    queries: evidence.queries ?? null,
  };
  return { sentence: dnsSentence(facts), remedy: dnsRemedy(facts) };
}

function dnsType(value: SqlValue | undefined): DnsCauseType {
  const type = DNS_CAUSE_TYPES.find((one) => one === value);
  if (type === undefined) throw new Error(`no such cause of DNS trouble: ${String(value)}`);
  return type;
}

/** As a reader says it: no cluster, no kind. */
function shown(capture: OpenCapture, key: SqlValue | undefined): string | null {
  if (typeof key !== "string") return null;
  const { namespace, name } = readWorkload(capture, key);
  return namespace === null ? name : `${namespace}/${name}`;
}

function toRow(
  capture: OpenCapture,
  row: SqlRow,
  words: ReadonlyMap<number, Words>,
  counted: CauseCount | undefined,
): Row {
  const text = (value: SqlValue | undefined): string | null => (typeof value === "string" ? value : null);
  const time = (value: SqlValue | undefined): string | null =>
    typeof value === "bigint" ? formatTime(value) : null;
  const own = words.get(Number(row.id));
  const workload = (key: SqlValue | undefined): Row["client"] =>
    typeof key === "string" ? readWorkload(capture, key) : null;
  return {
    causeId: String(row.causeId),
    kind: String(row.kind) as CauseKind,
    type: String(row.type),
    class: CAUSE_CLASS_NAMES[Number(row.class) - 1] ?? "degraded",
    position: Number(row.position),
    sentence: own?.sentence ?? `${String(row.type)}: ${text(row.subject) ?? text(row.serverKey) ?? ""}`,
    remedy: own?.remedy ?? { text: "Look at the flows that show it.", yaml: null },
    client: workload(row.clientKey),
    server: workload(row.serverKey),
    subject: text(row.subject),
    port: row.port === null ? null : Number(row.port),
    protocol: text(row.protocol),
    confidence: Number(row.certain) === 1 ? "certain" : "likely",
    clients: Number(row.clients),
    count: counted?.count ?? 0,
    countInCapture: Number(row.count),
    trend: (counted?.trend ?? []).map(([start, n]) => [start, n]),
    unit: CAUSE_UNITS.find((unit) => unit === row.unit) ?? "records",
    attempts: row.attempts === null ? null : Number(row.attempts),
    first: time(row.firstNs),
    last: time(row.lastNs),
    worked: { before: time(row.workedNs), since: time(row.worksNs) },
    rhythmNs: typeof row.rhythmNs === "bigint" ? String(row.rhythmNs) : null,
    example: typeof row.hash === "bigint" ? flowIdOf(row.hash, Number(row.occurrence)) : null,
  };
}
