/** What a pin shows, asked of the revision that it holds on to. */

import { decodeScope, decodeView } from "@/lib/scope/link";
import { type Asker, type Pinned, scopeText } from "./ask";
import type { Block } from "./block";
import { dnsReport } from "./views/dns";
import { dropsReport } from "./views/drops";
import { flowsReport } from "./views/flows";
import { l7Report, mapReport, overviewReport, workloadsReport } from "./views/others";
import { qualityReport } from "./views/quality";
import { summaryBlock } from "./views/summary";
import { workloadPart } from "./views/workload-parts";

type ViewReport = (ask: Asker, pinned: Pinned) => Promise<Block[]>;

/** By the word in the address of a view. */
const VIEW_REPORTS: Readonly<Record<string, ViewReport>> = {
  overview: overviewReport,
  map: mapReport,
  drops: dropsReport,
  dns: dnsReport,
  l7: l7Report,
  workloads: async (ask, pinned) => (await workloadPart(ask, pinned)) ?? workloadsReport(ask, pinned),
  flows: flowsReport,
  quality: qualityReport,
};

/** Throws what `ask` throws. A note by itself shows nothing; a view that is not known its numbers. */
export async function pinBlocks(
  { view, link }: { readonly view: string | null; readonly link: string },
  ask: Asker,
): Promise<Block[]> {
  const params = new URLSearchParams(link);
  const { scope } = decodeScope(params);
  if (view === null || scope === undefined) return [];
  const head = summaryBlock(await ask("summary", scopeText(scope)));
  const report = Object.hasOwn(VIEW_REPORTS, view) ? VIEW_REPORTS[view] : undefined;
  return [head, ...((await report?.(ask, { scope, view: decodeView(params).view })) ?? [])];
}
