import Link from "next/link";
import { flowsAddress } from "@/components/frame/flows-address";
import { DrawerPart } from "@/components/ui/drawer";
import { formatCount, formatQuantity } from "@/components/ui/format";
import type { MapEdge, MapNode } from "@/lib/insight/map/answer";
import type { Line, Spot } from "@/lib/insight/map/graph";
import type { Scope } from "@/lib/scope/link";
import styles from "./map-drawer.module.css";
import { edgesTerm } from "./part-terms";
import { nodeName } from "./words";

interface FoldMembersProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly spot: Spot;
  readonly asks: readonly Line[];
  readonly isAsked: readonly Line[];
}

const MOST_ROWS = 100;

/** Who is behind "+ n more", each with the events in which it asks and in which it is asked. */
export function FoldMembers({ captureId, scope, spot, asks, isAsked }: FoldMembersProps) {
  const nodes = [...asks, ...isAsked].flatMap(({ from, to }) => [...from.nodes, ...to.nodes]);
  const edgesOf = (lines: readonly Line[], end: "client" | "server", { id }: MapNode) =>
    lines.flatMap(({ edges }) => edges.filter((edge) => edge[end] === id));
  const count = (edges: readonly MapEdge[]) => {
    const events = edges.reduce((sum, edge) => sum + edge.events, 0);
    const term = edgesTerm(edges, nodes);
    return term === undefined ? (
      formatCount(events)
    ) : (
      <Link href={flowsAddress(captureId, scope, term)}>{formatCount(events)}</Link>
    );
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
              <td className={styles.number}>{count(edgesOf(asks, "client", node))}</td>
              <td className={styles.number}>{count(edgesOf(isAsked, "server", node))}</td>
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
