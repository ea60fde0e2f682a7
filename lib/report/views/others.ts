/** Views whose report is one table or list: overview, map, L7, workloads, quality. */

import { L7_BY, L7_PROTOCOLS } from "@/lib/questions/answers-l7";
import { MAP_LEVELS } from "@/lib/questions/answers-map";
import type { Answer } from "@/lib/questions/questions";
import { readHide, withoutHidden } from "@/lib/scope/map-hide";
import { type Asker, countOf, moreText, type Pinned, ROWS, scopeText } from "../ask";
import type { Block, Cell } from "../block";

export async function overviewReport(ask: Asker, { scope }: Pinned): Promise<Block[]> {
  const { rows, total, meta } = await ask("causes", { ...scopeText(scope), limit: ROWS, buckets: 2 });
  return [
    {
      kind: "causes",
      title: "What is wrong, the worst first",
      notes: meta.notes,
      causes: rows.map(({ sentence, remedy, count, unit, first, last, kind, causeId }) => ({
        sentence,
        remedy: remedy.text,
        count,
        unit,
        first,
        last,
        filter: kind === "drop" ? `drop:yes cause:${causeId}` : `cause:${causeId}`,
      })),
      more: moreText(total - rows.length, undefined, "cause"),
    },
  ];
}

export async function mapReport(ask: Asker, { scope, view }: Pinned): Promise<Block[]> {
  const level = MAP_LEVELS.find((word) => word === view.level) ?? "workload";
  const hide = readHide(view.hide);
  const shown = withoutHidden(scope, hide);
  const { edges, folded, unplaced, meta } = await ask("map", { ...scopeText(shown), level, limit: ROWS });
  const notes = [...meta.notes];
  if (shown !== scope) notes.push("What the map hides is left out here as well.");
  if (unplaced.events > 0)
    notes.push(`${countOf(unplaced.events, "event")} cannot be drawn: their client is not known.`);
  return [
    {
      kind: "table",
      title: `Who talks to whom, by ${level}`,
      notes,
      columns: [
        { label: "Client", type: "actor" },
        { label: "Server", type: "actor" },
        { label: "Port", type: "text" },
        { label: "Events", type: "count" },
        { label: "Drops", type: "count" },
        { label: "L7 errors", type: "count" },
        { label: "DNS errors", type: "count" },
        { label: "Last", type: "time" },
      ],
      rows: edges.map(({ client, server, port, protocol, events, drops, l7Errors, dnsErrors, last }) => ({
        cells: [client, server, portText(port, protocol), events, drops, l7Errors, dnsErrors, last],
      })),
      more:
        folded.edges === 0
          ? null
          : `And ${countOf(folded.edges, "more edge")} with ${countOf(folded.events, "event")}.`,
    },
  ];
}

function portText(port: number | null, protocol: string | null): Cell {
  return [port, protocol].filter((part) => part !== null).join(" ") || null;
}

export async function l7Report(ask: Asker, { scope, view }: Pinned): Promise<Block[]> {
  const text = scopeText(scope);
  const by = L7_BY.find((word) => word === view.by) ?? "route";
  const chosen = L7_PROTOCOLS.find((word) => word === view.protocol);
  for (const protocol of chosen === undefined ? L7_PROTOCOLS : [chosen]) {
    const answer = await ask("l7", { ...text, protocol, by, limit: ROWS });
    if (chosen !== undefined || answer.total.requests + answer.total.answersOnly > 0)
      return [requestsBlock(answer, protocol, by)];
  }
  return [{ kind: "text", title: "Requests", sentences: ["There are no L7 records in this scope."] }];
}

function requestsBlock({ rows, folded, meta }: Answer<"l7">, protocol: string, by: string): Block {
  return {
    kind: "table",
    title: `${protocol === "grpc" ? "gRPC" : protocol === "http" ? "HTTP" : "Kafka"} requests by ${by}`,
    notes: meta.notes,
    columns: [
      { label: "Method", type: "text" },
      {
        label: by === "client" || by === "server" || by === "pod" || by === "client-pod" ? "Who" : "What",
        type: "actor",
      },
      { label: "Server", type: "actor" },
      { label: "Requests", type: "count" },
      { label: "Errors", type: "count" },
      { label: "Denied by policy", type: "count" },
      { label: "Status", type: "text" },
      { label: "p95", type: "span" },
      { label: "Last", type: "time" },
    ],
    rows: rows.map(({ key, method, requests, errors, denied, status, latencyNs, last }) => ({
      cells: [
        key.method ?? method,
        key.route ?? key.url ?? key.status ?? key.clientPod ?? key.client ?? key.pod ?? key.server ?? null,
        key.server ?? "",
        requests,
        errors,
        denied,
        Object.entries(status)
          .map(([code, count]) => `${code}: ${count}`)
          .join(", "),
        latencyNs.p95,
        last,
      ],
    })),
    more: moreText(folded.rows, countOf(folded.requests, "request")),
  };
}

export async function workloadsReport(ask: Asker, { scope }: Pinned): Promise<Block[]> {
  const { rows, folded, meta } = await ask("workloads", { ...scopeText(scope), limit: ROWS });
  return [
    {
      kind: "table",
      title: "Workloads, the most uneven first",
      notes: meta.notes,
      columns: [
        { label: "Workload", type: "actor" },
        { label: "Events", type: "count" },
        { label: "Drops", type: "count" },
        { label: "Pods", type: "count" },
        { label: "Likely reason", type: "text" },
        { label: "TCP attempts", type: "count" },
        { label: "Unanswered", type: "count" },
        { label: "Refused", type: "count" },
        { label: "Resets", type: "count" },
      ],
      rows: rows.map(({ workload, events, drops, pods, likelyReason, syn, unanswered, refused, rst }) => ({
        cells: [workload, events, drops, pods.length, likelyReason, syn, unanswered, refused, rst],
      })),
      more: moreText(folded.rows, countOf(folded.events, "event")),
    },
  ];
}

export async function qualityReport(ask: Asker, { scope }: Pinned): Promise<Block[]> {
  const { revision } = scopeText(scope);
  const { read, accepted, duplicate, otherKinds, refused, sentences } = await ask("report", { revision });
  const counted = Object.entries({
    Read: read,
    Accepted: accepted,
    Duplicate: duplicate,
    "Other kinds": otherKinds,
    Refused: refused,
  });
  return [
    {
      kind: "figures",
      look: "tiles",
      notes: [],
      figures: counted.map(([label, value]) => ({ label, value, unit: "count", says: null })),
    },
    { kind: "text", title: "How far to trust it", sentences: sentences.map(({ text }) => text) },
  ];
}
