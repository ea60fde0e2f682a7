"use client";

import { flowsAddress } from "@/components/frame/flows-address";
import { formatInstantText } from "@/components/frame/instant-text";
import { ZONE } from "@/components/frame/preferences";
import { toneOf, verdictLabel } from "@/components/frame/verdicts";
import { DrawerPart } from "@/components/ui/drawer";
import { formatQuantity } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { SeriesChart } from "@/components/ui/series-chart";
import { useStored } from "@/components/ui/use-stored";
import type { MapEdge } from "@/lib/insight/map/answer";
import { makeTerm, parseFilter, type Term } from "@/lib/scope/filter";
import { encodeScope, type Scope } from "@/lib/scope/link";
import { DnsSummary } from "./dns-summary";
import { useDeciders, useRate, useReasons } from "./drawer-queries";
import { DropList, deciderName, reasonName } from "./drop-list";
import styles from "./map-drawer.module.css";
import { type End, Pods } from "./pods";
import { RequestSummary } from "./request-summary";
import type { Level } from "./words";

export type RangeChange = (range: { readonly from: bigint; readonly to: bigint }) => void;

interface AboutPartsProps {
  readonly captureId: string;
  /** Of these edges and no others. */
  readonly scope: Scope;
  readonly level: Level;
  readonly edges: readonly MapEdge[];
  /** Sides whose pods are shown. */
  readonly ends: readonly End[];
  /** What of a spot it is about: "as client". */
  readonly says?: string;
  readonly onRange: RangeChange;
}

/** What is known of some edges: verdicts, over time, why and by whom they were dropped, requests, names, pods. */
export function AboutParts({ captureId, scope, level, edges, ends, says, onRange }: AboutPartsProps) {
  const query = encodeScope(scope).toString();
  const [zone] = useStored(ZONE);
  const rate = useRate(captureId, query);
  const hasDrops = edges.some(({ drops }) => drops > 0);
  const deciders = useDeciders(captureId, query, hasDrops);
  const reasons = useReasons(captureId, query, hasDrops);
  const titled = (title: string) => (says === undefined ? title : `${title}, ${says}`);
  const part = { captureId, scope, query, titled };
  return (
    <>
      <DrawerPart title={titled("Verdicts")}>
        <Verdicts captureId={captureId} scope={scope} edges={edges} />
        {says !== undefined && <Seen edges={edges} />}
      </DrawerPart>
      {rate !== undefined && (
        <DrawerPart title={titled("Over time")}>
          <SeriesChart
            title={titled("Events over time")}
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
            heading="h3"
          />
        </DrawerPart>
      )}
      {hasDrops && (
        <DrawerPart title={titled("Why it was dropped")}>
          <DropList captureId={captureId} scope={scope} rows={reasons?.rows} nameOf={reasonName} />
        </DrawerPart>
      )}
      {hasDrops && (
        <DrawerPart title={titled("Who decided")}>
          <DropList captureId={captureId} scope={scope} rows={deciders?.rows} nameOf={deciderName} />
        </DrawerPart>
      )}
      <RequestSummary {...part} />
      {edges.some(({ port }) => port === 53) && <DnsSummary {...part} />}
      {level !== "pod" && <Pods {...part} ends={ends} />}
    </>
  );
}

/** When the first and the last record of these edges was seen. */
export function Seen({ edges }: { readonly edges: readonly MapEdge[] }) {
  const firsts = edges.flatMap(({ first }) => first ?? []).sort();
  const lasts = edges.flatMap(({ last }) => last ?? []).sort();
  return (
    <p className={styles.quiet}>
      First seen {formatInstantText(firsts[0] ?? null)}, last {formatInstantText(lasts.at(-1) ?? null)}.
    </p>
  );
}

/** A part of a drawer that asks for itself. */
export interface AboutPart {
  readonly captureId: string;
  readonly scope: Scope;
  readonly query: string;
  readonly titled: (title: string) => string;
}

interface VerdictsProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly edges: readonly MapEdge[];
}

function Verdicts({ captureId, scope, edges }: VerdictsProps) {
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
