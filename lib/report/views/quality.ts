/** What was read and how far to trust it. About the whole capture, whatever the scope of the pin is. */

import { nodeTerms } from "@/lib/scope/node-terms";
import { type Asker, filterOf, moreText, type Pinned, ROWS, scopeText } from "../ask";
import type { Block } from "../block";
import { figure } from "./summary";

export async function qualityReport(ask: Asker, { scope }: Pinned): Promise<Block[]> {
  const { revision, ...narrower } = scopeText(scope);
  const { read, accepted, duplicate, otherKinds, refused, sentences, nodes } = await ask("report", {
    revision,
  });
  // Links go on from the scope of the pin: one that is narrower holds less than these numbers.
  const isWhole = Object.keys(narrower).length === 0;
  return [
    {
      kind: "figures",
      look: "tiles",
      notes: [],
      figures: [
        figure("Read", read),
        figure("Accepted", accepted, null, isWhole ? "" : undefined),
        figure("Duplicate", duplicate),
        figure("Other kinds", otherKinds),
        figure("Refused", refused),
      ],
    },
    { kind: "text", title: "How far to trust it", sentences: sentences.map(({ text }) => text) },
    {
      kind: "table",
      title: "Nodes",
      notes: [],
      columns: [
        { label: "Node", type: "text" },
        { label: "Flows", type: "count" },
        { label: "Events", type: "count" },
        { label: "Events lost", type: "count" },
        { label: "First", type: "time" },
        { label: "Last", type: "time" },
      ],
      rows: nodes.slice(0, ROWS).map(({ name, flows, events, lost, first, last }) => ({
        cells: [name, flows, events, lost, first, last],
        filters: isWhole ? [null, filterOf(nodeTerms(name)), filterOf(nodeTerms(name))] : [],
      })),
      more: moreText(nodes.length - Math.min(nodes.length, ROWS), undefined, "node"),
    },
  ];
}
