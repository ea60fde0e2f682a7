"use client";

import { flowsAddress } from "@/components/frame/flows-address";
import { DrawerPart } from "@/components/ui/drawer";
import { formatQuantity } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { sumCounts } from "@/lib/insight/map/counts";
import type { Graph, Line, Spot } from "@/lib/insight/map/graph";
import { addTerm } from "@/lib/scope/edit";
import type { Scope } from "@/lib/scope/link";
import { AboutParts, type RangeChange } from "./about-parts";
import { measureTerms } from "./count-link";
import { FoldMembers } from "./fold-members";
import styles from "./map-drawer.module.css";
import { edgesOf, linesTerm, lineTerm, type PartTerm } from "./part-terms";
import type { End } from "./pods";
import { COUNT_NAMES, countText, type Level, portsText, spotName } from "./words";

interface SpotPartsProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly level: Level;
  readonly spot: Spot;
  readonly graph: Graph;
  /** Only a part of the map is shown: a spot may have more lines. */
  readonly isPart: boolean;
  readonly part: PartTerm;
  readonly onOpen: (...keys: readonly string[]) => void;
  readonly onRange: RangeChange;
}

const MOST_ROWS = 60;

/** Whom a spot asks and who asks it, and what is known of both. */
export function SpotParts({ graph, ...props }: SpotPartsProps) {
  const { captureId, scope, spot } = props;
  const asks = graph.lines.filter(({ from }) => from === spot);
  const isAsked = graph.lines.filter(({ to }) => to === spot);
  return (
    <>
      {spot.isFold && (
        <FoldMembers
          captureId={captureId}
          scope={scope}
          spot={spot}
          asks={asks}
          isAsked={isAsked}
          part={props.part}
        />
      )}
      <Lines {...props} title={`Asks ${formatQuantity(asks.length, "other")}`} end="client" lines={asks} />
      <Lines
        {...props}
        title={`Is asked by ${formatQuantity(isAsked.length, "other")}`}
        end="server"
        lines={isAsked}
      />
      <OneEnd {...props} end="client" lines={asks} />
      <OneEnd {...props} end="server" lines={isAsked} />
    </>
  );
}

interface EndProps extends Omit<SpotPartsProps, "graph"> {
  readonly end: End;
  readonly lines: readonly Line[];
}

function OneEnd(props: EndProps) {
  const { captureId, scope, level, spot, end, lines, isPart, part, onRange } = props;
  if (lines.length === 0) return null;
  const term = linesTerm(spot, end, lines, isPart, part);
  return (
    <AboutParts
      captureId={captureId}
      scope={{ ...scope, filter: addTerm(scope.filter, term) }}
      level={level}
      edges={edgesOf(lines)}
      ends={[end]}
      says={`as ${end}`}
      onRange={onRange}
    />
  );
}

interface LinesProps extends EndProps {
  readonly title: string;
}

function Lines({ title, ...props }: LinesProps) {
  const { captureId, scope, spot, end, lines, isPart, part, onOpen } = props;
  if (lines.length === 0) return null;
  const sorted = [...lines].sort(
    (a, b) => b.counts.drops - a.counts.drops || b.counts.events - a.counts.events,
  );
  const counts = sumCounts(lines.map((line) => line.counts));
  const term = linesTerm(spot, end, lines, isPart, part);
  const shown = COUNT_NAMES.filter((name) => name === "events" || counts[name] > 0);
  return (
    <DrawerPart title={title}>
      <p>
        {shown.map((name, at) => (
          <span key={name}>
            {at > 0 && ", "}
            {counts[name] === 0 ? (
              countText(name, counts[name])
            ) : (
              <Link href={flowsAddress(captureId, scope, term, ...measureTerms(name))}>
                {countText(name, counts[name])}
              </Link>
            )}
          </span>
        ))}
      </p>
      <table className={styles.list}>
        <tbody>
          {sorted.slice(0, MOST_ROWS).map((line) => (
            <tr key={JSON.stringify([line.from.key, line.to.key])}>
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
                <LineCounts captureId={captureId} scope={scope} line={line} part={part} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > MOST_ROWS && (
        <p className={styles.quiet}>
          And {formatQuantity(sorted.length - MOST_ROWS, "other")} with fewer; the table of the map has all.
        </p>
      )}
    </DrawerPart>
  );
}

function LineCounts({
  captureId,
  scope,
  line,
  part,
}: Pick<SpotPartsProps, "captureId" | "scope" | "part"> & { readonly line: Line }) {
  const term = lineTerm(line, part);
  const { drops, events } = line.counts;
  const link = (name: "drops" | "events") => (
    <Link href={flowsAddress(captureId, scope, term, ...measureTerms(name))}>
      {countText(name, line.counts[name])}
    </Link>
  );
  return (
    <>
      {drops > 0 && <>{link("drops")} of </>}
      {events > 0 && link("events")}
    </>
  );
}
