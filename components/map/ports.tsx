import { formatCount } from "@/components/ui/format";
import type { MapEdge, MapNode } from "@/lib/insight/map/answer";
import type { Line } from "@/lib/insight/map/graph";
import { edgeKey } from "@/lib/insight/map/measure";
import type { Scope } from "@/lib/scope/link";
import { CountLink } from "./count-link";
import styles from "./map-drawer.module.css";
import { nodeName, portText } from "./words";

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

/** The edges of a line, each number a link. */
export function Ports({ captureId, scope, line, withNames }: PortsProps) {
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
