import { flowsAddress } from "@/components/frame/flows-address";
import { DrawerPart } from "@/components/ui/drawer";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import type { MapNode } from "@/lib/insight/map/answer";
import type { Line, Spot } from "@/lib/insight/map/graph";
import { endTerm } from "@/lib/scope/edge-terms";
import type { Scope } from "@/lib/scope/link";
import styles from "./map-drawer.module.css";
import { edgesOf, edgesTerm, nodesOf, type PartTerm } from "./part-terms";
import type { End } from "./pods";
import { nodeName } from "./words";

interface FoldMembersProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly spot: Spot;
  readonly asks: readonly Line[];
  readonly isAsked: readonly Line[];
  readonly part: PartTerm;
}

const MOST_ROWS = 100;

/** Who is behind "+ n more", each with the events in which it asks and in which it is asked. */
export function FoldMembers({ captureId, scope, spot, asks, isAsked, part }: FoldMembersProps) {
  const count = (lines: readonly Line[], end: End, node: MapNode) => {
    const edges = edgesOf(lines).filter((edge) => edge[end] === node.id);
    const events = edges.reduce((sum, edge) => sum + edge.events, 0);
    if (events === 0) return "0";
    const named = edgesTerm(edges, nodesOf(lines));
    const terms = named ? [named] : [part({ kind: end, key: spot.key }), endTerm(end, node)];
    return <Link href={flowsAddress(captureId, scope, ...terms)}>{formatCount(events)}</Link>;
  };
  return (
    <DrawerPart title="Who is behind it">
      <table className={styles.list}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" className={styles.number}>
              Asks
            </th>
            <th scope="col" className={styles.number}>
              Is asked
            </th>
          </tr>
        </thead>
        <tbody>
          {spot.nodes.slice(0, MOST_ROWS).map((node) => (
            <tr key={node.id}>
              <td>{nodeName(node)}</td>
              <td className={styles.number}>{count(asks, "client", node)}</td>
              <td className={styles.number}>{count(isAsked, "server", node)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {spot.nodes.length > MOST_ROWS && (
        <p className={styles.quiet}>
          And {formatQuantity(spot.nodes.length - MOST_ROWS, "name")} more; unfold them to see all.
        </p>
      )}
    </DrawerPart>
  );
}
