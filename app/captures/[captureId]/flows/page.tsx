import type { Metadata } from "next";
import { orderOf } from "@/components/flows/flow-order";
import { FlowsView } from "@/components/flows/flows-view";
import { pageParams } from "@/components/flows/page-params";
import { decodeView } from "@/lib/scope/link";
import { askAhead, paramsOf, type SearchParams } from "../ask-ahead";

export const metadata: Metadata = { title: "Flows" };

interface FlowsPageProps {
  readonly params: Promise<{ captureId: string }>;
  readonly searchParams: SearchParams;
}

export default async function FlowsPage({ params, searchParams }: FlowsPageProps) {
  const captureId = decodeURIComponent((await params).captureId);
  const asked = await paramsOf(searchParams);
  const { view } = decodeView(asked);
  await askAhead(captureId, asked, (query) =>
    // A flow that is open is looked for first: its row may be on any page.
    view.flow === undefined ? [["/flows", pageParams(query, orderOf(view), 0)]] : [],
  );
  return <FlowsView captureId={captureId} />;
}
