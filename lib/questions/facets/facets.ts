/**
 * Facets: the values of a key in a scope, with their events, largest first; for the lists beside a table and for
 * completion.
 *
 * Each is computed without its own terms, so that it shows what else could be chosen. Values are texts that can stand
 * behind the key: `?` where the export left the field out, `-` where the record has none. Facets of a key with two
 * sides count a record under the values of either end, and keys that can have several values in one record count it under
 * each; these do not add up to the events of the scope, and say so. All others do.
 */

import { fail, ok, type Result } from "@/lib/base/result";
import type { SqlRow } from "@/lib/capture/driver";
import { pathOfUrl } from "@/lib/capture/patterns";
import { policiesIn, type StoredPolicy } from "@/lib/capture/policy-conditions";
import { compileScope } from "@/lib/capture/scope-sql";
import { REDACTED } from "@/lib/flow/http";
import { beginsWith } from "@/lib/scope/complete";
import { FACET_KEYS, type FacetKey, isFacetKey } from "@/lib/scope/facet-keys";
import { type Filter, formatFilter, formatValue, sideOf, type Term } from "@/lib/scope/filter";
import { type FilterKey, findKeyWord, type Side, spellKey } from "@/lib/scope/keys";
import type { FacetsAnswer } from "../answers";
import type { QuestionFailure } from "../failure";
import type { OpenCapture } from "../open-capture";
import { readScope, type ScopeParameters, scopeKey } from "../scope-parameters";
import {
  byDrop,
  byFile,
  byHeaders,
  byKind,
  byL7Text,
  byObserver,
  byPair,
  byPort,
  byRoute,
  bySide,
  type Scanned,
  type Tally,
} from "./groups";
import { learnedWorkloads } from "./learned";
import {
  exactPattern,
  KIND_FACETS,
  NONE,
  OBSERVER_FACETS,
  orAbsent,
  plainText,
  policyTexts,
  SIDE_FACETS,
  UNKNOWN,
} from "./table";

export interface FacetsParameters extends ScopeParameters {
  /** Keys with commas between them, as they stand in a filter: `verdict,from-namespace`. */
  readonly keys: string;
  /** Values listed for each key. */
  readonly limit: number;
  /** Only values that begin with this, or have a part behind a slash that does, in any case. */
  readonly prefix?: string;
}

/** More would be asked for by no page. */
const MOST_KEYS = 12;

interface Asked {
  readonly word: string;
  readonly key: FacetKey;
  readonly side: Side | undefined;
}

export function readFacets(
  capture: OpenCapture,
  parameters: FacetsParameters,
): Result<FacetsAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const asked = readKeys(parameters.keys);
  if (!asked.ok) return asked;
  const facets: FacetsAnswer["facets"] = {};
  for (const { word, key, side } of asked.value) {
    const filter = without(scope.value.filter, key, side);
    const of = { ...parameters, q: formatFilter(filter) };
    const scanned: Scanned = {
      capture,
      scope: compileScope(capture.database, { ...scope.value, filter }),
      key: scopeKey(of),
    };
    const tally = capture.keep(`facets ${word} ${scanned.key}`, () => count(scanned, key, side ?? "either"));
    facets[word] = { sided: side === "either", ...largest(tally, parameters) };
  }
  const meta = capture.meta("events");
  return ok({ meta: { ...meta, notes: [...meta.notes, ...asked.value.flatMap(noteOf)] }, facets });
}

function readKeys(text: string): Result<readonly Asked[], QuestionFailure> {
  const words = [...new Set(text.split(","))];
  if (words.length > MOST_KEYS) return fail("bad_request", `At most ${MOST_KEYS} keys are counted at once.`);
  const asked: Asked[] = [];
  for (const word of words) {
    const found = findKeyWord(word);
    if (found === undefined || !isFacetKey(found.row.key)) {
      const hint = `There are facets of: ${FACET_KEYS.join(", ")}.`;
      return fail("bad_request", `There is no facet \`${word}\`.`, hint);
    }
    asked.push({ word: spellKey(found.row.key, found.side), key: found.row.key, side: found.side });
  }
  return ok(asked);
}

/** The filter without the terms of this key and side. */
function without(filter: Filter, key: FilterKey, side: Side | undefined): Filter {
  return { terms: filter.terms.filter((term: Term) => term.key !== key || sideOf(term) !== side) };
}

function largest(
  { events }: Tally,
  { limit, prefix }: FacetsParameters,
): Pick<FacetsAnswer["facets"][string], "values" | "more"> {
  const wanted = prefix?.toLowerCase() ?? "";
  const found = [...events].filter(([value, count]) => count > 0 && beginsWith(value, wanted));
  // Ties by the text, so that the order is the same everywhere.
  found.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return {
    values: found.slice(0, limit).map(([value, count]) => ({ value, events: count })),
    more: Math.max(0, found.length - limit),
  };
}

/** Keys of which one record can have several values. */
const SEVERAL: ReadonlySet<FilterKey> = new Set([
  "protocol",
  // A pod and a service that its address stands for can lie in two.
  "namespace",
  // Records can disagree about the workload of a pod.
  "workload",
  "tcp-flags",
  "http-header",
  "node-label",
  "label",
  "fqdn",
  "policy",
  "file",
]);

function noteOf({ word, key, side }: Asked): string[] {
  if (side === "either") return [`${word}: either end; a record counts under the values of both.`];
  return SEVERAL.has(key) ? [`${word}: a record counts under each of its values.`] : [];
}

type Counter = (scanned: Scanned, side: Side) => Tally;

function kind(valuesOf: (row: SqlRow) => readonly string[]): Counter {
  return (scanned) => byKind(scanned, valuesOf);
}

function observer(valuesOf: (row: SqlRow) => readonly string[]): Counter {
  return (scanned) => byObserver(scanned, (row, masked) => orAbsent(valuesOf(row), masked));
}

function end(valuesOf: (row: SqlRow) => readonly string[]): Counter {
  return (scanned, side) => bySide(scanned, side, (row, masked) => orAbsent(valuesOf(row), masked));
}

const workloads: Counter = (scanned, side) => {
  const learned = learnedWorkloads(scanned.capture.database);
  return bySide(scanned, side, (row, masked) => {
    const values = SIDE_FACETS.workload(row, learned(row));
    if (values.length > 0) return values;
    return [masked || row.pod !== null ? UNKNOWN : NONE];
  });
};

/** Hubble leaves identity 0 out. */
const identities: Counter = (scanned, side) =>
  bySide(scanned, side, (row, masked) => {
    const values = SIDE_FACETS.identity(row);
    return values.length > 0 ? values : [masked ? UNKNOWN : "unknown"];
  });

/** What stands in this column can be such that no filter could say it; then it is in no value, and not absent. */
function said(column: "ip" | "labels" | "names", valuesOf: (row: SqlRow) => readonly string[]): Counter {
  return (scanned, side) =>
    bySide(scanned, side, (row, masked) => (isThere(row[column]) ? valuesOf(row) : orAbsent([], masked)));
}

/** An empty list is nothing. */
function isThere(value: unknown): boolean {
  return typeof value === "string" && value !== "[]";
}

type End = "client" | "server";

const keyText = (key: string): string => formatValue("client", { type: "actor", key: [key] });

function actor(which: End): Counter {
  return (scanned) =>
    byPair(scanned, (_, client, server) => {
      const row = which === "client" ? client : server;
      return row === undefined ? [UNKNOWN] : [keyText(String(row.workloadKey))];
    });
}

function actorName(
  which: End,
  valuesOf: (row: SqlRow) => readonly string[],
  never: readonly string[],
): Counter {
  return (scanned) =>
    byPair(scanned, (_, client, server) => {
      const row = which === "client" ? client : server;
      const values = row === undefined ? [] : valuesOf(row);
      if (values.length > 0) return values;
      return [row !== undefined && never.includes(String(row.kind)) ? NONE : UNKNOWN];
    });
}

const podOf = ({ namespace, pod }: SqlRow): readonly string[] =>
  SIDE_FACETS.pod({ namespace: namespace ?? null, pod: pod ?? null });

const edges: Counter = (scanned) =>
  byPair(scanned, (_, client, server) =>
    client === undefined || server === undefined
      ? [UNKNOWN]
      : [
          formatValue("edge", {
            type: "edge",
            client: [String(client.workloadKey)],
            server: [String(server.workloadKey)],
          }),
        ],
  );

const serverPorts: Counter = (scanned) =>
  byPair(scanned, ({ clientId, serverPort }) => {
    if (typeof serverPort === "number") return [String(serverPort)];
    return [typeof clientId === "number" ? NONE : UNKNOWN];
  });

const policies: Counter = (scanned) =>
  byDrop(
    scanned,
    (cause, own, masked) => {
      const ofDrop = cause ? (JSON.parse(String(cause.policies)) as readonly StoredPolicy[]) : [];
      const named = [...(own === undefined ? [] : policiesIn(own)), ...ofDrop];
      if (named.length === 0 && own === undefined) return orAbsent([], masked);
      return new Set(policyTexts(named)).size === 0 ? [] : [...new Set(policyTexts(named))];
    },
    true,
  );

const COUNTERS: Readonly<Record<FacetKey, Counter>> = {
  verdict: kind(KIND_FACETS.verdict),
  namespace: end(SIDE_FACETS.namespace),
  pod: end(SIDE_FACETS.pod),
  workload: workloads,
  port: byPort,
  ip: said("ip", SIDE_FACETS.ip),
  protocol: kind(KIND_FACETS.protocol),
  type: kind(KIND_FACETS.type),
  "drop-reason-desc": kind(KIND_FACETS["drop-reason-desc"]),
  "traffic-direction": kind(KIND_FACETS["traffic-direction"]),
  "node-name": (scanned) =>
    byObserver(scanned, (row) => {
      const values = OBSERVER_FACETS["node-name"](row);
      return values.length > 0 ? values : [UNKNOWN];
    }),
  service: end(SIDE_FACETS.service),
  label: said("labels", SIDE_FACETS.label),
  identity: identities,
  fqdn: said("names", SIDE_FACETS.fqdn),
  cluster: end(SIDE_FACETS.cluster),
  "tcp-flags": kind(KIND_FACETS["tcp-flags"]),
  "ip-version": kind(KIND_FACETS["ip-version"]),
  "http-method": kind(KIND_FACETS["http-method"]),
  "http-status": kind(KIND_FACETS["http-status"]),
  "http-path": (scanned) =>
    byL7Text(scanned, "http", (url, masked) => {
      if (url === undefined) return orAbsent([], masked);
      const path = pathOfUrl(url);
      return path === undefined ? [] : [exactPattern("http-path", path)];
    }),
  "http-url": (scanned) =>
    byL7Text(scanned, "http", (url, masked) => {
      if (url === undefined) return orAbsent([], masked);
      return url === "" ? [] : [exactPattern("http-url", url)];
    }),
  // Not offered: a redacted value, which says nothing, and a name whose values are too many to be kept as texts.
  "http-header": (scanned) =>
    byHeaders(scanned, (headers, masked) => {
      if (headers === undefined) return orAbsent([], masked);
      return headers.flatMap(([name, value]) => {
        // A name with a colon in it is none that a filter could say.
        if (value === null || value === REDACTED || name === "" || name.indexOf(":", 1) > 0) return [];
        return [formatValue("http-header", { type: "header", name, value })];
      });
    }),
  "node-label": (scanned) =>
    byObserver(scanned, (row, masked) =>
      isThere(row.nodeLabels) ? OBSERVER_FACETS["node-label"](row) : orAbsent([], masked),
    ),
  interface: observer(OBSERVER_FACETS.interface),
  encrypted: kind(KIND_FACETS.encrypted),
  reply: kind(KIND_FACETS.reply),
  client: actor("client"),
  server: actor("server"),
  "client-namespace": actorName("client", (row) => plainText("client-namespace", row.namespace), [
    "world",
    "reserved",
  ]),
  "server-namespace": actorName("server", (row) => plainText("server-namespace", row.namespace), [
    "world",
    "reserved",
  ]),
  "client-pod": actorName("client", podOf, ["world", "reserved", "service"]),
  "server-pod": actorName("server", podOf, ["world", "reserved", "service"]),
  "server-port": serverPorts,
  edge: edges,
  drop: (scanned) => byDrop(scanned, (cause) => [cause === undefined ? "no" : "yes"]),
  cause: (scanned) => byDrop(scanned, (cause) => (cause ? plainText("cause", cause.causeId) : [])),
  "decided-by": (scanned) =>
    byDrop(scanned, (cause) => [cause === undefined ? NONE : String(cause?.type ?? "unknown")]),
  policy: policies,
  direction: (scanned) =>
    byDrop(scanned, (cause) => {
      if (cause === undefined) return [NONE];
      const direction = String(cause?.direction ?? "").toLowerCase();
      return [direction === "ingress" || direction === "egress" ? direction : UNKNOWN];
    }),
  "trace-point": kind(KIND_FACETS["trace-point"]),
  "dns-query": (scanned) =>
    byL7Text(scanned, "dns", (name, masked) =>
      orAbsent(name === undefined ? [] : [exactPattern("dns-query", name)], masked),
    ),
  "dns-rcode": kind(KIND_FACETS["dns-rcode"]),
  route: (scanned) => byRoute(scanned, (route, masked) => orAbsent(plainText("route", route), masked)),
  "not-a-loss": kind(KIND_FACETS["not-a-loss"]),
  aggregated: kind(KIND_FACETS.aggregated),
  file: (scanned) => byFile(scanned, (name) => formatValue("file", { type: "file", name: [name] })),
};

function count(scanned: Scanned, key: FacetKey, side: Side): Tally {
  return COUNTERS[key](scanned, side);
}
