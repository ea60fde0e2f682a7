/** DNS: the numbers of the scope, and the part of the view that was open. */

import { formatQuantity } from "@/lib/base/count";
import type { Answer, Ask } from "@/lib/questions/questions";
import { DNS_CELLS, errorCell } from "@/lib/scope/dns-cells";
import { type Asker, moreText, type Pinned, ROWS, scopeText } from "../ask";
import type { Block, Cell, Figure } from "../block";
import { latencyBlock, lookupBlocks, workloadText } from "./dns-parts";
import { figure } from "./summary";

type DnsBy = Ask<"dns">["by"];
const BY = ["root", "query", "client", "pod", "server", "rcode", "node", "qtype", "answers"] as const;

const NAMES: Readonly<Record<DnsBy, string>> = {
  root: "Name",
  query: "Name as asked",
  client: "Workload",
  pod: "Pod",
  server: "Resolver",
  rcode: "Response code",
  node: "Node",
  qtype: "Query type",
  answers: "Answers",
};

export async function dnsReport(ask: Asker, pinned: Pinned): Promise<Block[]> {
  const { scope, view } = pinned;
  const text = scopeText(scope);
  const by = view.part === "tables" ? (BY.find((word) => word === view.by) ?? "root") : "rcode";
  const answer = await ask("dns", { ...text, by, limit: ROWS });
  const head = figuresBlock(answer);
  switch (view.part) {
    case "tables":
      return [head, tableBlock(answer, by)];
    case "search-lists":
      return [head, expansionBlock(await ask("dnsExpansion", { ...text, limit: ROWS }))];
    case "responses":
      return [head, responsesBlock(await ask("dnsResponses", { ...text, limit: ROWS }))];
    case "connections":
      return [head, ...(await lookupBlocks(ask, pinned))];
    case "latency":
      return [head, await latencyBlock(ask, pinned)];
    default:
      return [head, causesBlock(await ask("dnsCauses", { ...text, limit: ROWS }), view.cause)];
  }
}

function figuresBlock({ total, meta }: Answer<"dns">): Block {
  const errors = Object.entries({ NXDOMAIN: 0, ...total.errors }).map(([code, count]) =>
    figure(code, code === "NXDOMAIN" ? count - total.expansion : count, null, errorCell(code)),
  );
  const { latencyNs } = total;
  const p95: Figure = {
    label: "Latency, p95",
    value: latencyNs.p95 === null ? null : Number(latencyNs.p95),
    unit: "span",
    says:
      latencyNs.samples === 0
        ? "no question has an answer by the same clock"
        : `computed from ${formatQuantity(latencyNs.samples, "pair")}`,
  };
  return {
    kind: "figures",
    look: "tiles",
    notes: meta.notes,
    figures: [
      figure(
        "Queries",
        total.queries,
        `${formatQuantity(total.names, "name")}, ${formatQuantity(total.clients, "workload")}`,
        DNS_CELLS.queries,
      ),
      figure("Responses", total.responses, null, DNS_CELLS.responses),
      ...errors,
      figure("Unanswered", total.unanswered, "no answer within 5 s", DNS_CELLS.unanswered),
      figure("Search-list attempts", total.expansion, "NXDOMAIN, but no failure", DNS_CELLS.expansion),
      p95,
    ],
  };
}

function tableBlock({ rows, folded, meta }: Answer<"dns">, by: DnsBy): Block {
  return {
    kind: "table",
    title: `DNS by ${NAMES[by].toLowerCase()}`,
    notes: meta.notes,
    columns: [
      { label: NAMES[by], type: "text" },
      { label: "Queries", type: "count" },
      { label: "Responses", type: "count" },
      { label: "Errors", type: "text" },
      { label: "Unanswered", type: "count" },
      { label: "Search list", type: "count" },
      { label: "p95", type: "span" },
      { label: "Last", type: "time" },
    ],
    rows: rows.map((row) => ({
      cells: [
        keyText(row.key),
        row.queries,
        row.responses,
        errorsText(row),
        row.unanswered,
        row.expansion,
        row.latencyNs.p95,
        row.last,
      ],
      filter: row.filter,
    })),
    more: folded === null ? null : moreText(folded.rows, formatQuantity(folded.queries, "query", "queries")),
  };
}

function errorsText({ errors, expansion }: Answer<"dns">["rows"][number]): string {
  return Object.entries(errors)
    .map(([code, count]) => [code, code === "NXDOMAIN" ? count - expansion : count] as const)
    .filter(([, count]) => count > 0)
    .map(([code, count]) => `${code} ${count}`)
    .join(", ");
}

function keyText(key: Answer<"dns">["rows"][number]["key"]): Cell {
  if ("root" in key) return key.root;
  if ("query" in key) return key.query;
  if ("client" in key) return workloadText(key.client);
  if ("server" in key) return workloadText(key.server);
  if ("pod" in key) return key.pod;
  if ("node" in key) return key.node;
  if ("qtype" in key) return key.qtype;
  if ("answers" in key) return key.answers;
  return key.name ?? "no answer, or no code in it";
}

/** With a cause open, that one alone and with all that is known of it. */
function causesBlock({ rows, total, meta }: Answer<"dnsCauses">, open: string | undefined): Block {
  const shown = rows.filter(({ causeId }) => open === undefined || causeId === open);
  return {
    kind: "causes",
    title: open === undefined ? "What is wrong with DNS" : "The cause",
    notes: open === undefined ? meta.notes : shown.flatMap(({ details }) => details),
    causes: shown.map(({ sentence, remedy, count, unit, first, last, filter }) => ({
      sentence,
      remedy: remedy.text,
      count,
      unit,
      first,
      last,
      filter,
    })),
    more: open === undefined ? moreText(total - rows.length, undefined, "cause") : null,
  };
}

function expansionBlock({ rows, folded, meta }: Answer<"dnsExpansion">): Block {
  return {
    kind: "table",
    title: "Search lists",
    notes: meta.notes,
    columns: [
      { label: "Workload", type: "text" },
      { label: "Queries", type: "count" },
      { label: "Search-list attempts", type: "count" },
      { label: "Names that do not exist", type: "count" },
      { label: "Saved by ndots:1", type: "count" },
      { label: "Saved by a final dot", type: "count" },
    ],
    rows: rows.map(({ workload, queries, expansion, nxdomain, saved, filter }) => ({
      cells: [workloadText(workload), queries, expansion, nxdomain, saved.ndots1, saved.dot],
      filter,
    })),
    more: folded === null ? null : moreText(folded.rows, formatQuantity(folded.queries, "query", "queries")),
  };
}

function responsesBlock({ rows, folded, meta }: Answer<"dnsResponses">): Block {
  return {
    kind: "table",
    title: "Responses",
    notes: meta.notes,
    columns: [
      { label: "Name", type: "text" },
      { label: "Type", type: "text" },
      { label: "Code", type: "text" },
      { label: "Addresses", type: "text" },
      { label: "Responses", type: "count" },
      { label: "Last", type: "time" },
    ],
    rows: rows.map(({ query, qtypes, rcode, addresses, responses, last, filter }) => ({
      cells: [query, qtypes, rcode, addresses === null ? null : addresses.join(", "), responses, last],
      filter,
    })),
    more: moreText(folded.rows, formatQuantity(folded.responses, "response")),
  };
}
