/** DNS: what followed the answers, and how long they took. */

import { formatQuantity } from "@/lib/base/count";
import type { Answer, Ask } from "@/lib/questions/questions";
import { latencyCell } from "@/lib/scope/dns-cells";
import { type Asker, moreText, type Pinned, ROWS, scopeText } from "../ask";
import type { Block, Cell } from "../block";
import { outcomeCells } from "../outcomes";

type By = Ask<"dnsConnections">["by"];
type Connections = Answer<"dnsConnections">;
const BY: readonly By[] = ["query", "client", "address"];
const LABELS: Readonly<Record<By, string>> = {
  query: "Name",
  client: "Workload",
  address: "Name and address",
};

export async function lookupBlocks(ask: Asker, { scope, view }: Pinned): Promise<Block[]> {
  const by = BY.find((word) => word === view.by) ?? "query";
  const answer = await ask("dnsConnections", { ...scopeText(scope), by, limit: ROWS });
  return [followedBlock(answer, by), expiredBlock(answer), missingBlock(answer)];
}

function followedBlock({ rows, folded, meta }: Connections, by: By): Block {
  return {
    kind: "table",
    title: `What followed DNS answers, by ${LABELS[by].toLowerCase()}`,
    notes: meta.notes,
    columns: [
      { label: LABELS[by], type: "text" },
      { label: "Attempts", type: "count" },
      { label: "Answered", type: "count" },
      { label: "Unanswered", type: "count" },
      { label: "Refused", type: "count" },
      { label: "Within time to live", type: "count" },
      { label: "Later", type: "count" },
      { label: "Last", type: "time" },
    ],
    rows: rows.map(({ key, attempts, outcomes, fresh, expired, last, filter }) => ({
      cells: [keyText(key), attempts, ...outcomeCells(outcomes), fresh, expired, last],
      filter,
    })),
    more: folded === null ? null : moreText(folded.rows, formatQuantity(folded.attempts, "attempt")),
  };
}

function expiredBlock({ expired: { rows, folded } }: Connections): Block {
  return {
    kind: "table",
    title: "Attempts to addresses that had expired",
    notes: [],
    columns: [
      { label: "Name", type: "text" },
      { label: "Workload", type: "text" },
      { label: "Address", type: "text" },
      { label: "Attempts", type: "count" },
      { label: "Answered", type: "count" },
      { label: "Unanswered", type: "count" },
      { label: "Refused", type: "count" },
      { label: "Longest after the answer", type: "span" },
    ],
    rows: rows.map(({ query, client, address, attempts, outcomes, oldestNs, filter }) => ({
      cells: [query, workloadText(client), address, attempts, ...outcomeCells(outcomes), oldestNs],
      filter,
    })),
    more: folded === null ? null : moreText(folded.rows, formatQuantity(folded.attempts, "attempt")),
  };
}

function missingBlock({ missing: { rows, folded } }: Connections): Block {
  return {
    kind: "table",
    title: "Attempts to the world that no answer explains",
    notes: [],
    columns: [
      { label: "Workload", type: "text" },
      { label: "Server", type: "text" },
      { label: "Port", type: "text" },
      { label: "Attempts", type: "count" },
      { label: "Answered", type: "count" },
      { label: "Unanswered", type: "count" },
      { label: "Refused", type: "count" },
      { label: "Last", type: "time" },
    ],
    rows: rows.map(({ client, server, port, protocol, attempts, outcomes, last, filter }) => ({
      cells: [
        workloadText(client),
        workloadText(server),
        [port, protocol].filter((part) => part !== null).join(" ") || null,
        attempts,
        ...outcomeCells(outcomes),
        last,
      ],
      filter,
    })),
    more: folded === null ? null : moreText(folded.rows, formatQuantity(folded.attempts, "attempt")),
  };
}

function keyText(key: Connections["rows"][number]["key"]): Cell {
  if ("client" in key) return workloadText(key.client);
  return "address" in key ? `${key.query ?? "name not known"}, ${key.address}` : key.query;
}

export function workloadText({
  namespace,
  name,
}: {
  readonly namespace: string | null;
  readonly name: string;
}): string {
  return namespace === null ? name : `${namespace}/${name}`;
}

export async function latencyBlock(ask: Asker, { scope }: Pinned): Promise<Block> {
  const { buckets, latencyNs, meta } = await ask("dnsLatency", scopeText(scope));
  if (latencyNs.samples === 0)
    return {
      kind: "text",
      title: "Latency",
      sentences: [
        "No question of the scope has an answer by the same clock, so nothing is known about latency.",
      ],
    };
  return {
    kind: "table",
    title: "Answers by latency, computed from question to answer by one clock",
    notes: meta.notes,
    columns: [
      { label: "From", type: "span" },
      { label: "To", type: "span" },
      { label: "Answers", type: "count" },
      { label: "Share", type: "text" },
    ],
    rows: buckets.map(({ fromNs, toNs, n }) => ({
      cells: [fromNs, toNs, n, `${((100 * n) / latencyNs.samples).toFixed(1)} %`],
      filter: latencyCell(fromNs, toNs),
    })),
    more: null,
  };
}
