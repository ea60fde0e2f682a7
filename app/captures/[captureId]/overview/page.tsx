import type { Metadata } from "next";
import { CAUSES_ASKED } from "@/components/overview/causes-asked";
import { OverviewView } from "@/components/overview/overview-view";
import { askAhead, paramsOf, type SearchParams } from "../ask-ahead";

export const metadata: Metadata = { title: "Overview" };

interface OverviewPageProps {
  readonly params: Promise<{ captureId: string }>;
  readonly searchParams: SearchParams;
}

export default async function OverviewPage({ params, searchParams }: OverviewPageProps) {
  const captureId = decodeURIComponent((await params).captureId);
  await askAhead(captureId, await paramsOf(searchParams), (query) => [
    ["/causes", new URLSearchParams([...new URLSearchParams(query), ...Object.entries(CAUSES_ASKED)])],
  ]);
  return <OverviewView captureId={captureId} />;
}
