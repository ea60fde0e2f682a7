"use client";

import Link from "next/link";
import { flowsAddress } from "@/components/frame/flows-address";
import { DrawerPart } from "@/components/ui/drawer";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { sumCounts } from "@/lib/insight/map/counts";
import type { Graph, Line, Spot } from "@/lib/insight/map/graph";
import { endTerm } from "@/lib/scope/edge-terms";
import type { Scope } from "@/lib/scope/link";
import styles from "./map-drawer.module.css";
import { countsText } from "./scene";
import { nodeName, portsText, spotName } from "./words";

interface SpotPartsProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly spot: Spot;
  readonly graph: Graph;
  readonly onOpen: (...keys: readonly string[]) => void;
}

const MOST_ROWS = 60;

/** Whom a spot asks and who asks it. */
export function SpotParts({ captureId, scope, spot, graph, onOpen }: SpotPartsProps) {
  const asks = graph.lines.filter(({ from }) => from === spot);
  const isAsked = graph.lines.filter(({ to }) => to === spot);
  return (
    <>
      {spot.isFold && (
        <DrawerPart title="Who is behind it">
          <p>{spot.nodes.slice(0, MOST_ROWS).map(nodeName).join(", ")}</p>
        </DrawerPart>
      )}
      <Lines
        title={`Asks ${formatQuantity(asks.length, "other")}`}
        captureId={captureId}
        scope={scope}
        spot={spot}
        end="client"
        lines={asks}
        onOpen={onOpen}
      />
      <Lines
        title={`Is asked by ${formatQuantity(isAsked.length, "other")}`}
        captureId={captureId}
        scope={scope}
        spot={spot}
        end="server"
        lines={isAsked}
        onOpen={onOpen}
      />
    </>
  );
}

interface LinesProps extends Omit<SpotPartsProps, "graph"> {
  readonly title: string;
  readonly end: "client" | "server";
  readonly lines: readonly Line[];
}

function Lines({ title, captureId, scope, spot, end, lines, onOpen }: LinesProps) {
  const [node] = spot.nodes;
  if (lines.length === 0 || node === undefined) return null;
  const sorted = [...lines].sort(
    (a, b) => b.counts.drops - a.counts.drops || b.counts.events - a.counts.events,
  );
  const counts = sumCounts(lines.map((line) => line.counts));
  return (
    <DrawerPart title={title}>
      <p>
        {spot.isFold ? (
          formatQuantity(counts.events, "event")
        ) : (
          <Link href={flowsAddress(captureId, scope, endTerm(end, node))}>
            {formatQuantity(counts.events, "event")}
          </Link>
        )}
        {countsText(counts)
          .slice(1)
          .map((text) => `, ${text}`)}
      </p>
      <table className={styles.list}>
        <tbody>
          {sorted.slice(0, MOST_ROWS).map((line) => (
            <tr key={line.key}>
              <td>
                <button
                  type="button"
                  className={styles.open}
                  onClick={() => onOpen(line.from.key, line.to.key)}
                >
                  {spotName(end === "client" ? line.to : line.from)}
                </button>
              </td>
              <td>{portsText(line)}</td>
              <td className={styles.number}>
                {line.counts.drops > 0 && `${formatQuantity(line.counts.drops, "drop")} of `}
                {formatCount(line.counts.events)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </DrawerPart>
  );
}
