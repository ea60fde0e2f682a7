"use client";

import { Crosshair } from "lucide-react";
import { useState } from "react";
import { formatInstantText } from "@/components/frame/instant-text";
import { Button, IconButton } from "@/components/ui/button";
import { type DataColumn, DataTable } from "@/components/ui/data-table";
import { formatQuantity } from "@/components/ui/format";
import shared from "@/components/ui/view.module.css";
import type { MapEdge, MapNode } from "@/lib/insight/map/answer";
import { hurtOf } from "@/lib/insight/map/counts";
import type { Graph, Line } from "@/lib/insight/map/graph";
import { edgeKey } from "@/lib/insight/map/measure";
import type { Scope } from "@/lib/scope/link";
import { CountLink } from "./count-link";
import styles from "./map-table.module.css";
import type { Scene } from "./scene";
import { nodeName, portText } from "./words";

interface MapTableProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly graph: Graph;
  readonly scene: Scene;
  readonly openKeys: readonly string[];
  readonly isNew: (line: Line) => boolean;
  readonly onOpen: (...keys: readonly string[]) => void;
  /** Moves the picture there. */
  readonly onShow: (...keys: readonly string[]) => void;
}

interface Row {
  readonly edge: MapEdge;
  readonly line: Line;
  readonly client: MapNode;
  readonly server: MapNode;
}

/** Rows in the page at once; more are asked for. */
const STEP = 200;

/** The edges of the map as a table: each number leads to its flows. */
export function MapTable({ captureId, scope, graph, openKeys, onOpen, onShow }: MapTableProps) {
  const [most, setMost] = useState(STEP);
  const rows = toRows(graph);
  const isOpen = ({ line }: Row) =>
    openKeys.length === 2
      ? line.from.key === openKeys[0] && line.to.key === openKeys[1]
      : line.from.key === openKeys[0] || line.to.key === openKeys[0];
  return (
    <div className={styles.table}>
      <DataTable
        label="Edges of the map"
        columns={columns({ captureId, scope, onOpen, onShow })}
        rows={rows}
        most={most}
        keyOf={({ edge }) => edgeKey(edge)}
        isOpen={isOpen}
        onOpen={({ line }) => onOpen(line.from.key, line.to.key)}
      />
      {rows.length > most && (
        <p className={styles.more}>
          {formatQuantity(most, "row")} of {formatQuantity(rows.length, "row")}.{" "}
          <Button small onClick={() => setMost(most + 5 * STEP)}>
            Show more
          </Button>
        </p>
      )}
    </div>
  );
}

/** What hurts first. */
function toRows({ lines }: Graph): Row[] {
  return lines
    .flatMap((line) => {
      const nodes = new Map([...line.from.nodes, ...line.to.nodes].map((node) => [node.id, node]));
      return line.edges.map((edge): Row => {
        const [client, server] = [nodes.get(edge.client), nodes.get(edge.server)];
        if (client === undefined || server === undefined) throw new Error("an edge without its nodes");
        return { edge, line, client, server };
      });
    })
    .sort((a, b) => hurtOf(b.edge) - hurtOf(a.edge) || b.edge.events - a.edge.events);
}

type Shown = Pick<MapTableProps, "captureId" | "scope" | "onOpen" | "onShow">;

function columns({ captureId, scope, onOpen, onShow }: Shown): readonly DataColumn<Row>[] {
  const count = (
    id: "events" | "drops" | "l7Errors" | "dnsErrors" | "unanswered",
    label: string,
    title: string,
  ): DataColumn<Row> => ({
    id,
    label,
    title,
    isNumber: true,
    sortBy: ({ edge }) => edge[id],
    render: ({ edge, client, server }) => (
      <CountLink
        captureId={captureId}
        scope={scope}
        edges={[edge]}
        client={client}
        server={server}
        measure={id}
      />
    ),
  });
  return [
    {
      id: "client",
      label: "Client",
      sortBy: ({ client }) => nodeName(client),
      render: ({ client, line }) => (
        <button type="button" className={shared.open} onClick={() => onOpen(line.from.key)}>
          <bdi>{nodeName(client)}</bdi>
        </button>
      ),
    },
    {
      id: "server",
      label: "Server",
      sortBy: ({ server }) => nodeName(server),
      render: ({ server, line }) => (
        <button type="button" className={shared.open} onClick={() => onOpen(line.to.key)}>
          <bdi>{nodeName(server)}</bdi>
        </button>
      ),
    },
    {
      id: "port",
      label: "Port",
      sortBy: ({ edge }) => edge.port,
      render: ({ edge, line }) => (
        <button type="button" className={shared.open} onClick={() => onOpen(line.from.key, line.to.key)}>
          {portText(edge)}
        </button>
      ),
    },
    count("events", "Events", "Of both directions, of every node that saw them"),
    count("drops", "Drops", "Each counts once"),
    count("l7Errors", "L7 errors", "Requests answered with 500 and above, or refused"),
    count(
      "dnsErrors",
      "DNS errors",
      "Answers with another code than NOERROR, without attempts of the search list",
    ),
    count("unanswered", "Unanswered", "Requests and connection attempts without an answer"),
    {
      id: "first",
      label: "First",
      sortBy: ({ edge }) => edge.first,
      render: ({ edge }) => <span className={shared.instant}>{formatInstantText(edge.first)}</span>,
    },
    {
      id: "last",
      label: "Last",
      sortBy: ({ edge }) => edge.last,
      render: ({ edge }) => <span className={shared.instant}>{formatInstantText(edge.last)}</span>,
    },
    {
      id: "show",
      label: "",
      render: ({ line, client, server }) => (
        <IconButton
          label={`Show ${nodeName(client)} -> ${nodeName(server)} on the map`}
          onClick={() => onShow(line.from.key, line.to.key)}
        >
          <Crosshair size={14} aria-hidden />
        </IconButton>
      ),
    },
  ];
}
