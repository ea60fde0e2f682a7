/** Views whose report is one table or list: overview, map, L7, workloads. */

import { formatQuantity } from "@/lib/base/count";
import { L7_BY, L7_PROTOCOLS, type L7Protocol } from "@/lib/questions/answers-l7";
import { MAP_LEVELS } from "@/lib/questions/answers-map";
import type { Answer } from "@/lib/questions/questions";
import { ATTEMPTS, connectionTerms } from "@/lib/scope/connection-terms";
import { betweenTerm, eitherTerm, endTerm, MEASURE_TERMS, portTerms } from "@/lib/scope/edge-terms";
import { readHide, termsOf, turned, withoutHidden } from "@/lib/scope/map-hide";
import { type ConnectionWord, UNANSWERED_WORDS } from "@/lib/scope/outcome-kinds";
import { type Measure, measureTerms, rowTerms } from "@/lib/scope/request-terms";
import { type Asker, filterOf, moreText, type Pinned, ROWS, scopeText } from "../ask";
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
  const { nodes, edges, folded, unplaced, meta } = await ask("map", {
    ...scopeText(shown),
    level,
    limit: ROWS,
  });
  const levelOf = new Map(nodes.map((node) => [node.id, node.level]));
  const end = (id: string) => ({ id, level: levelOf.get(id) ?? level });
  const hidden = termsOf(hide).map(({ term }) => turned(term));
  const notes = [...meta.notes];
  if (hidden.length > 0) notes.push("What the map hides is left out here as well.");
  if (unplaced.events > 0)
    notes.push(`${formatQuantity(unplaced.events, "event")} cannot be drawn: their client is not known.`);
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
      rows: edges.map(({ client, server, port, protocol, events, drops, l7Errors, dnsErrors, last }) => {
        const edge = [betweenTerm(end(client), end(server)), ...portTerms(port, protocol), ...hidden];
        return {
          cells: [client, server, portText(port, protocol), events, drops, l7Errors, dnsErrors, last],
          filters: [
            ...[null, null, null],
            filterOf(edge),
            filterOf(edge, MEASURE_TERMS.drops),
            filterOf(edge, MEASURE_TERMS.l7Errors),
            filterOf(edge, MEASURE_TERMS.dnsErrors),
          ],
        };
      }),
      more:
        folded.edges === 0
          ? null
          : `And ${formatQuantity(folded.edges, "more edge")} with ${formatQuantity(folded.events, "event")}.`,
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

function requestsBlock({ total, rows, folded, meta }: Answer<"l7">, protocol: L7Protocol, by: string): Block {
  // Of aggregated records no request is known, and so not who was denied.
  const isAnswers = total.requests === 0 && total.answersOnly > 0;
  const seen = isAnswers ? "responses" : "requests";
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
      { label: isAnswers ? "Answers" : "Requests", type: "count" },
      { label: "Errors", type: "count" },
      { label: "Denied by policy", type: "count" },
      { label: "Status", type: "text" },
      { label: "p95", type: "span" },
      { label: "Last", type: "time" },
    ],
    rows: rows.map(({ key, method, errors, denied, status, latencyNs, last, ...row }) => ({
      cells: [
        // Nor is a method known.
        key.method ?? method ?? (key.method === undefined && !isAnswers ? "several" : null),
        key.route ?? key.url ?? key.status ?? key.clientPod ?? key.client ?? key.pod ?? key.server ?? null,
        key.server ?? "",
        row[seen],
        errors,
        denied === 0 && isAnswers ? null : denied,
        Object.entries(status)
          .map(([code, count]) => `${code}: ${count}`)
          .join(", "),
        latencyNs.p95,
        last,
      ],
      filters: [null, null, null, ...([seen, "errors", "denied"] as const).map(counted(protocol, key))],
    })),
    more: moreText(folded.rows, formatQuantity(folded.requests, "request")),
  };
}

/** The flows of a number of the row; null where a name is too long for a filter. */
function counted(protocol: L7Protocol, key: Answer<"l7">["rows"][number]["key"]) {
  const terms = rowTerms(protocol, key);
  return (measure: Measure) => (terms === undefined ? null : filterOf(terms, measureTerms(measure)));
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
        filters: workloadFilters(workload),
      })),
      more: moreText(folded.rows, formatQuantity(folded.events, "event")),
    },
  ];
}

/** In the order of the columns: of the workload on either side, then of connections to it. */
function workloadFilters(workload: string): (string | null)[] {
  const either = [eitherTerm({ id: workload, level: "workload" })];
  const server = [endTerm("server", { id: workload, level: "workload" })];
  const connections = (...words: readonly ConnectionWord[]) => filterOf(server, connectionTerms(...words));
  return [
    null,
    filterOf(either),
    filterOf(either, MEASURE_TERMS.drops),
    ...[null, null],
    filterOf(server, ATTEMPTS),
    connections(...UNANSWERED_WORDS),
    connections("refused"),
    connections("reset-by-client", "reset-by-server"),
  ];
}
