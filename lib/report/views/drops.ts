/** The drop tables, and one cause explained. */

import { formatQuantity } from "@/lib/base/count";
import { DROPS_BY, NOT_DROP_KINDS } from "@/lib/questions/answers-drops";
import type { Answer } from "@/lib/questions/questions";
import { type Asker, moreText, type Pinned, ROWS, scopeText } from "../ask";
import type { Block, Cell, Column } from "../block";
import { figure } from "./summary";

type DropRow = Answer<"drops">["rows"][number];
type By = (typeof DROPS_BY)[number];

/** Of a trend that no report draws. */
const BUCKETS = 2;

export async function dropsReport(ask: Asker, { scope, view }: Pinned): Promise<Block[]> {
  const text = scopeText(scope);
  const kind = NOT_DROP_KINDS.find((word) => word === view.by);
  if (kind !== undefined) return [notDropsBlock(await ask("notDrops", { ...text, kind, limit: ROWS }))];
  const by = DROPS_BY.find((word) => word === view.by) ?? "cause";
  if (view.cause !== undefined)
    return causeBlocks(await ask("dropCause", { ...text, causeId: view.cause, buckets: BUCKETS }));
  const answer = await ask("drops", { ...text, by, limit: ROWS, buckets: BUCKETS });
  return [decidedBlock(answer), by === "cause" ? causesBlock(answer) : tableBlock(answer, by)];
}

function decidedBlock({ total, decided }: Answer<"drops">): Block {
  const figures = decided.map(({ decidedBy, drops, filter }) =>
    figure(DECIDED[decidedBy], drops, null, filter),
  );
  return {
    kind: "figures",
    look: "tiles",
    notes: [],
    figures: [figure("Drops", total, null, "drop:yes"), ...figures],
  };
}

const DECIDED: Readonly<Record<NonNullable<DropRow["decidedBy"]>, string>> = {
  "default-deny": "Default deny",
  policy: "Deny rule",
  "l7-rule": "L7 rule",
  authentication: "Authentication",
  datapath: "Datapath",
  unknown: "Not known who decided",
};

function causesBlock({ rows, folded, meta }: Answer<"drops">): Block {
  return {
    kind: "causes",
    title: "Causes of drops",
    notes: meta.notes,
    causes: rows.map((row) => ({
      sentence: row.sentence ?? row.reasonText ?? "The reason is not said.",
      remedy: row.remedy,
      count: row.drops,
      unit: row.drops === 1 ? "drop" : "drops",
      first: row.first,
      last: row.last,
      filter: row.filter,
    })),
    more: moreText(folded.rows, formatQuantity(folded.drops, "drop"), "cause"),
  };
}

function tableBlock({ rows, folded, meta }: Answer<"drops">, by: By): Block {
  const columns: Column[] = [
    NAME_COLUMNS[by],
    { label: "Drops", type: "count" },
    { label: "Attempts", type: "count" },
    { label: "Reason", type: "text" },
    { label: "Decided by", type: "text" },
    { label: "First", type: "time" },
    { label: "Last", type: "time" },
  ];
  return {
    kind: "table",
    title: `Drops by ${by}`,
    notes: meta.notes,
    columns,
    rows: rows.map((row) => ({
      cells: [
        nameOf(row, by),
        row.drops,
        row.attempts,
        row.reasonText ?? row.reason ?? "several",
        row.decidedBy === null ? "several" : DECIDED[row.decidedBy],
        row.first,
        row.last,
      ],
      filter: row.filter,
    })),
    more: moreText(folded.rows, formatQuantity(folded.drops, "drop")),
  };
}

const NAME_COLUMNS: Readonly<Record<By, Column>> = {
  cause: { label: "Cause", type: "text" },
  policy: { label: "Policy", type: "text" },
  reason: { label: "Reason", type: "text" },
  client: { label: "Client", type: "actor" },
  server: { label: "Server", type: "actor" },
  pod: { label: "Pod", type: "actor" },
  node: { label: "Node", type: "text" },
};

function nameOf({ key, sentence, reasonText, policies, decidedBy }: DropRow, by: By): Cell {
  if (by === "cause") return sentence;
  if (by === "reason") return reasonText ?? key.reason ?? null;
  if (by === "policy")
    return policies.length > 0 ? policies.map(policyText).join(", ") : decidedBy && DECIDED[decidedBy];
  return key[by] ?? null;
}

function policyText({ kind, namespace, name }: DropRow["policies"][number]): string {
  const path = [namespace, name].filter((part) => part !== null).join("/");
  return [kind, path].filter((part) => part).join(" ") || "unnamed policy";
}

/** What the drawer of a cause says, in the order in which it is read. */
function causeBlocks(answer: Answer<"dropCause">): Block[] {
  const { cause, meaning, remedy, confidence, decidedAt, otherSide, worked, hints, evidence, meta } = answer;
  const blocks: Block[] = [
    {
      kind: "causes",
      title: "The cause",
      notes: meta.notes,
      causes: [
        {
          sentence: cause.sentence ?? cause.reasonText ?? "The reason is not said.",
          remedy: remedy.text,
          count: cause.drops,
          unit: cause.drops === 1 ? "drop" : "drops",
          first: cause.first,
          last: cause.last,
          filter: cause.filter,
        },
      ],
      more: null,
    },
    {
      kind: "text",
      title: "What is known of it",
      sentences: [
        ...(meaning === null ? [] : [meaning.says]),
        decidedAt.says,
        confidence.says,
        worked.says,
        otherSide.says,
        ...hints,
      ].filter((sentence) => sentence !== ""),
    },
  ];
  const rule = remedy.policies.find(({ yaml }) => yaml !== null);
  if (rule?.yaml)
    blocks.push({ kind: "code", title: `The missing rule (${rule.fileName})`, text: rule.yaml });
  else if (remedy.why !== null)
    blocks.push({ kind: "text", title: "Why no rule is offered", sentences: [remedy.why] });
  const [first] = evidence;
  for (const record of [first?.drop, first?.verdict])
    if (record)
      blocks.push({
        kind: "record",
        file: record.file,
        line: record.line,
        text: record.text,
        exact: !record.isCut,
      });
  return blocks;
}

function notDropsBlock({ rows, folded, meta }: Answer<"notDrops">): Block {
  return {
    kind: "table",
    title: "What looks like a drop and is none",
    notes: meta.notes,
    columns: [
      { label: "Client", type: "actor" },
      { label: "Server", type: "actor" },
      { label: "Port", type: "text" },
      { label: "Events", type: "count" },
      { label: "Reason", type: "text" },
      { label: "First", type: "time" },
      { label: "Last", type: "time" },
    ],
    rows: rows.map(({ key, events, first, last, filter }) => ({
      cells: [
        key.client,
        key.server,
        key.port === null ? null : `${key.port} ${key.protocol ?? ""}`.trim(),
        events,
        key.reason ?? "audited",
        first,
        last,
      ],
      filter,
    })),
    more: moreText(folded.rows, formatQuantity(folded.events, "event")),
  };
}
