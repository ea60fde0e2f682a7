"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { flowsAddress } from "@/components/frame/flows-address";
import { formatInstantText } from "@/components/frame/instant-text";
import { ZONE } from "@/components/frame/preferences";
import { toneOf, verdictLabel } from "@/components/frame/verdicts";
import { DrawerPart } from "@/components/ui/drawer";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { SeriesChart } from "@/components/ui/series-chart";
import { visible } from "@/components/ui/text";
import { useStored } from "@/components/ui/use-stored";
import type { MapEdge, MapNode } from "@/lib/insight/map/answer";
import type { Line } from "@/lib/insight/map/graph";
import { edgeKey } from "@/lib/insight/map/measure";
import type { DropRow } from "@/lib/questions/answers-drops";
import type { DnsKey } from "@/lib/questions/dns-answers";
import { betweenTerm, endTerm } from "@/lib/scope/edge-terms";
import { addTerm } from "@/lib/scope/edit";
import { makeTerm, parseFilter, type Term } from "@/lib/scope/filter";
import { encodeScope, type Scope } from "@/lib/scope/link";
import { CountLink } from "./count-link";
import { useDeciders, useNames, useRate, useReasons, useRequests } from "./drawer-queries";
import styles from "./map-drawer.module.css";
import { useMap } from "./queries";
import { type Level, nodeName, portText } from "./words";

interface LinePartsProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly level: Level;
  readonly line: Line;
  readonly onRange: (range: { readonly from: bigint; readonly to: bigint }) => void;
}

/** What is known of a line: by port, over time, who decided, and the pods behind it. */
export function LineParts({ captureId, scope, level, line, onRange }: LinePartsProps) {
  const [client, server] = [line.from.nodes[0], line.to.nodes[0]];
  const isOne = !line.from.isFold && !line.to.isFold && client !== undefined && server !== undefined;
  const first = earliest(line.edges.map((edge) => edge.first));
  const last = earliest(
    line.edges.map((edge) => edge.last),
    true,
  );
  return (
    <>
      <DrawerPart title={isOne ? "By port" : "Edges behind it"}>
        <Ports captureId={captureId} scope={scope} line={line} withNames={!isOne} />
        <p className={styles.quiet}>
          First seen {formatInstantText(first)}, last {formatInstantText(last)}.
        </p>
      </DrawerPart>
      {isOne && (
        <AboutEdge
          captureId={captureId}
          scope={scope}
          level={level}
          line={line}
          term={betweenTerm(client, server)}
          onRange={onRange}
        />
      )}
    </>
  );
}

function earliest(times: readonly (string | null)[], isLatest = false): string | null {
  const known = times.filter((time) => time !== null).sort();
  return (isLatest ? known.at(-1) : known[0]) ?? null;
}

const COLUMNS = [
  ["events", "Events"],
  ["drops", "Drops"],
  ["l7Errors", "L7 errors"],
  ["dnsErrors", "DNS errors"],
  ["unanswered", "Unanswered"],
] as const;

const MOST_ROWS = 60;

interface PortsProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly line: Line;
  readonly withNames: boolean;
}

function Ports({ captureId, scope, line, withNames }: PortsProps) {
  const nodes = new Map([...line.from.nodes, ...line.to.nodes].map((node) => [node.id, node]));
  const columns = COLUMNS.filter(([id]) => id === "events" || line.edges.some((edge) => edge[id] > 0));
  return (
    <table className={styles.list}>
      <thead>
        <tr>
          <th scope="col">{withNames ? "Edge" : "Port"}</th>
          {columns.map(([id, label]) => (
            <th key={id} scope="col" className={styles.number}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {line.edges.slice(0, MOST_ROWS).map((edge) => (
          <PortRow
            key={edgeKey(edge)}
            captureId={captureId}
            scope={scope}
            edge={edge}
            client={nodes.get(edge.client) as MapNode}
            server={nodes.get(edge.server) as MapNode}
            withNames={withNames}
            columns={columns}
          />
        ))}
      </tbody>
      {line.edges.length > MOST_ROWS && (
        <caption className={styles.quiet}>
          The {MOST_ROWS} with most events of {formatCount(line.edges.length)}; the table of the map has all.
        </caption>
      )}
    </table>
  );
}

interface PortRowProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly edge: MapEdge;
  readonly client: MapNode;
  readonly server: MapNode;
  readonly withNames: boolean;
  readonly columns: readonly (typeof COLUMNS)[number][];
}

function PortRow({ captureId, scope, edge, client, server, withNames, columns }: PortRowProps) {
  return (
    <tr>
      <td>{withNames ? `${nodeName(client)} -> ${nodeName(server)} ${portText(edge)}` : portText(edge)}</td>
      {columns.map(([id]) => (
        <td key={id} className={styles.number}>
          <CountLink
            captureId={captureId}
            scope={scope}
            edges={[edge]}
            client={client}
            server={server}
            measure={id}
          />
        </td>
      ))}
    </tr>
  );
}

interface AboutEdgeProps extends LinePartsProps {
  readonly term: Term;
}

function AboutEdge({ captureId, scope, level, line, term, onRange }: AboutEdgeProps) {
  const narrowed: Scope = { ...scope, filter: addTerm(scope.filter, term) };
  const query = encodeScope(narrowed).toString();
  const [zone] = useStored(ZONE);
  const rate = useRate(captureId, query);
  const hasDrops = line.counts.drops > 0;
  const deciders = useDeciders(captureId, query, hasDrops);
  const reasons = useReasons(captureId, query, hasDrops);
  const requests = useRequests(captureId, query);
  const names = useNames(
    captureId,
    query,
    line.edges.some(({ port }) => port === 53),
  );
  return (
    <>
      <DrawerPart title="Verdicts">
        <Verdicts captureId={captureId} scope={narrowed} edges={line.edges} />
      </DrawerPart>
      {rate !== undefined && (
        <DrawerPart title="Over time">
          <SeriesChart
            title="Events over time"
            unit="event"
            zone={zone}
            bucketNs={rate.bucketNs}
            series={rate.series.map(({ key, points }) => ({
              key,
              points,
              label: verdictLabel(key),
              look: toneOf(key),
            }))}
            onBrush={onRange}
          />
        </DrawerPart>
      )}
      {hasDrops && (
        <DrawerPart title="Why it was dropped">
          <DropList captureId={captureId} scope={narrowed} rows={reasons?.rows} nameOf={reasonName} />
        </DrawerPart>
      )}
      {hasDrops && (
        <DrawerPart title="Who decided">
          <DropList captureId={captureId} scope={narrowed} rows={deciders?.rows} nameOf={deciderName} />
        </DrawerPart>
      )}
      {requests !== undefined && requests.rows.length > 0 && (
        <DrawerPart title="HTTP requests by status">
          <Pairs
            rows={requests.rows.map(({ key, requests: n }) => [visible(key.status ?? "not known"), n])}
          />
        </DrawerPart>
      )}
      {names !== undefined && names.rows.length > 0 && (
        <DrawerPart title="DNS answers by code">
          <Pairs rows={names.rows.map(({ key, responses }) => [codeName(key), responses])} />
        </DrawerPart>
      )}
      {level !== "pod" && <Pods captureId={captureId} scope={narrowed} query={query} />}
    </>
  );
}

function codeName(key: DnsKey): string {
  return "rcode" in key ? visible(key.name ?? "no answer") : "";
}

interface ScopedProps {
  readonly captureId: string;
  readonly scope: Scope;
}

function Verdicts({ captureId, scope, edges }: ScopedProps & { readonly edges: readonly MapEdge[] }) {
  const totals = new Map<string, number>();
  for (const { verdicts } of edges)
    for (const [verdict, events] of Object.entries(verdicts))
      totals.set(verdict, (totals.get(verdict) ?? 0) + events);
  return (
    <p>
      {[...totals]
        .sort(([, a], [, b]) => b - a)
        .map(([verdict, events], at) => {
          const term = verdictTerm(verdict);
          const text = `${formatQuantity(events, "event")} ${verdictLabel(verdict)}`;
          return (
            <span key={verdict}>
              {at > 0 && ", "}
              {term === undefined ? text : <Link href={flowsAddress(captureId, scope, term)}>{text}</Link>}
            </span>
          );
        })}
    </p>
  );
}

function verdictTerm(verdict: string): Term | undefined {
  if (verdict === "VERDICT_UNKNOWN")
    return makeTerm("verdict", [{ type: "enum", name: verdict }, { type: "unknown" }]);
  const parsed = parseFilter(`verdict:${verdict}`);
  return parsed.ok ? parsed.value.terms[0] : undefined;
}

interface DropListProps extends ScopedProps {
  readonly rows: readonly DropRow[] | undefined;
  readonly nameOf: (row: DropRow) => string;
}

function DropList({ captureId, scope, rows, nameOf }: DropListProps) {
  if (rows === undefined) return <p className={styles.quiet}>Counting …</p>;
  return (
    <table className={styles.list}>
      <tbody>
        {rows.map((row) => {
          const parsed = parseFilter(row.filter);
          const text = formatQuantity(row.drops, "drop");
          return (
            <tr key={row.filter}>
              <td>{nameOf(row)}</td>
              <td className={styles.number}>
                {parsed.ok ? (
                  <Link href={flowsAddress(captureId, scope, ...parsed.value.terms)}>{text}</Link>
                ) : (
                  text
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function reasonName({ key, reasonText }: DropRow): string {
  const code = key.code === null || key.code === undefined ? "" : ` (${key.code})`;
  return key.reason
    ? `${visible(key.reason)}${code}`
    : visible(reasonText ?? "refused by an L7 rule, or not said");
}

const DECIDED: Readonly<Record<NonNullable<DropRow["decidedBy"]>, string>> = {
  "default-deny": "default deny: no rule matched",
  policy: "a deny rule whose policy the log does not name",
  "l7-rule": "an L7 rule",
  authentication: "mutual authentication",
  datapath: "the datapath, not a policy",
  unknown: "not known",
};

function deciderName({ key }: DropRow): string {
  const policies = key.policies ?? [];
  if (policies.length === 0) return DECIDED[key.decidedBy ?? "unknown"];
  return policies
    .map(({ kind, namespace, name }) =>
      visible([kind, namespace, name].filter(Boolean).join(" ") || "unnamed policy"),
    )
    .join(", ");
}

function Pairs({ rows }: { readonly rows: readonly (readonly [string, number])[] }) {
  return (
    <table className={styles.list}>
      <tbody>
        {rows.map(([name, count]) => (
          <tr key={name}>
            <td>{name}</td>
            <td className={styles.number}>{formatCount(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The pods of both sides, with their share of the line's events. */
function Pods({ captureId, scope, query }: ScopedProps & { readonly query: string }) {
  const answer = useMap(captureId, query, "pod").data;
  if (answer === undefined) return null;
  const total = answer.edges.reduce((sum, { events }) => sum + events, 0);
  return (["client", "server"] as const).map((end): ReactNode => {
    const events = new Map<string, number>();
    for (const edge of answer.edges) events.set(edge[end], (events.get(edge[end]) ?? 0) + edge.events);
    const rows = [...events].sort(([, a], [, b]) => b - a);
    return (
      <DrawerPart key={end} title={end === "client" ? "Clients behind it" : "Servers behind it"}>
        <table className={styles.list}>
          <tbody>
            {rows.slice(0, MOST_ROWS).map(([id, count]) => {
              const node = answer.nodes.find((other) => other.id === id);
              if (node === undefined) return null;
              return (
                <tr key={id}>
                  <td>{nodeName(node)}</td>
                  <td className={styles.number}>{Math.round((100 * count) / Math.max(1, total))} %</td>
                  <td className={styles.number}>
                    <Link href={flowsAddress(captureId, scope, endTerm(end, node))}>
                      {formatQuantity(count, "event")}
                    </Link>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
        {rows.length > MOST_ROWS && (
          <p className={styles.quiet}>And {formatQuantity(rows.length - MOST_ROWS, "pod")} more.</p>
        )}
      </DrawerPart>
    );
  });
}
