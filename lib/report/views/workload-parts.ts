/** Workloads: traffic, TCP connections and services, as they were open. */

import { formatQuantity } from "@/lib/base/count";
import {
  CONNECTIONS_BY,
  type ConnectionCounts,
  type ConnectionKey,
  TRAFFIC_BY,
  TRAFFIC_OF,
  TRAFFIC_SIDES,
} from "@/lib/questions/answers-workloads";
import { type Asker, moreText, type Pinned, ROWS, scopeText } from "../ask";
import type { Block, Cell, Column } from "../block";
import { outcomeCells } from "../outcomes";

/** Undefined: the part that is shown first, how even the pods of workloads are. */
export async function workloadPart(ask: Asker, pinned: Pinned): Promise<Block[] | undefined> {
  switch (pinned.view.part) {
    case "connections":
      return [await connectionsBlock(ask, pinned)];
    case "services":
      return [await servicesBlock(ask, pinned)];
    case "traffic":
      return [await trafficBlock(ask, pinned)];
    default:
      return undefined;
  }
}

/** Words of a key in the order of columns. */
const KEY_COLUMNS: Readonly<Record<string, readonly (keyof ConnectionKey)[]>> = {
  edge: ["client", "server", "port"],
  client: ["client"],
  "client-pod": ["clientPod"],
  server: ["server"],
  pod: ["pod"],
};
const KEY_LABELS: Readonly<Record<keyof ConnectionKey, string>> = {
  client: "Client",
  clientPod: "Client pod",
  server: "Server",
  pod: "Server pod",
  port: "Port",
  outcome: "Outcome",
};

async function connectionsBlock(ask: Asker, { scope, view }: Pinned): Promise<Block> {
  const by = CONNECTIONS_BY.find((word) => word === view.by) ?? "edge";
  const { rows, folded, meta } = await ask("connections", { ...scopeText(scope), by, limit: ROWS });
  const keys = KEY_COLUMNS[by] ?? [];
  const columns = keys.map(
    (word): Column => ({ label: KEY_LABELS[word], type: word === "port" ? "text" : "actor" }),
  );
  return {
    kind: "table",
    title: "TCP connections, those that never got an answer first",
    notes: meta.notes,
    columns: [
      ...columns,
      { label: "Attempts", type: "count" },
      { label: "Answered", type: "count" },
      { label: "Unanswered", type: "count" },
      { label: "Refused", type: "count" },
      { label: "Resets", type: "count" },
      { label: "Length, p95", type: "span" },
      { label: "Last", type: "time" },
    ],
    rows: rows.map((row) => ({
      cells: [...keys.map((word): Cell => keyCell(row.key, word)), ...countCells(row)],
    })),
    more: moreText(folded.rows, formatQuantity(folded.attempts, "attempt")),
  };
}

function keyCell(key: ConnectionKey, word: keyof ConnectionKey): Cell {
  const value = key[word];
  return typeof value === "number" ? String(value) : (value ?? null);
}

function countCells({ attempts, outcomes, resets, lengthNs, last }: ConnectionCounts): Cell[] {
  return [attempts, ...outcomeCells(outcomes), resets, lengthNs.p95, last];
}

async function servicesBlock(ask: Asker, { scope }: Pinned): Promise<Block> {
  const { rows, folded, meta } = await ask("services", { ...scopeText(scope), limit: ROWS });
  return {
    kind: "table",
    title: "Services, drops for want of a backend first",
    notes: meta.notes,
    columns: [
      { label: "Service", type: "text" },
      { label: "Events", type: "count" },
      { label: "Dropped without a backend", type: "count" },
      { label: "Backends", type: "count" },
      { label: "Last", type: "time" },
    ],
    rows: rows.map(({ namespace, name, address, events, noBackend, backends, last }) => ({
      cells: [
        [namespace, name].filter((part) => part !== null).join("/") || address,
        events,
        noBackend,
        backends.length,
        last,
      ],
    })),
    more: moreText(folded.rows, formatQuantity(folded.events, "event")),
  };
}

async function trafficBlock(ask: Asker, { scope, view }: Pinned): Promise<Block> {
  const by = TRAFFIC_BY.find((word) => word === view.by) ?? "pod";
  const side = TRAFFIC_SIDES.find((word) => word === view.level) ?? "from";
  const of = TRAFFIC_OF.find((word) => word === view.measure) ?? "events";
  const asked = { ...scopeText(scope), by, side, of, buckets: 2, limit: ROWS };
  const { rows, folded, meta } = await ask("traffic", asked);
  const isActor = by !== "trace-point" && by !== "verdict";
  return {
    kind: "table",
    title: isActor
      ? `Traffic by ${by} that ${side === "from" ? "sent" : "received"} it`
      : `Traffic by ${by.replace("-", " ")}`,
    notes: meta.notes,
    columns: [
      { label: isActor ? "Who" : "What", type: isActor ? "actor" : "text" },
      { label: "Events", type: "count" },
      { label: "Forwarded", type: "count" },
      { label: "Drops", type: "count" },
      { label: "First", type: "time" },
      { label: "Last", type: "time" },
    ],
    rows: rows.map(({ key, events, forwarded, drops, first, last }) => ({
      cells: [key.actor ?? key.tracePoint ?? key.verdict ?? null, events, forwarded, drops, first, last],
    })),
    more: moreText(folded.rows, formatQuantity(folded.events, "event")),
  };
}
