import type { Metadata } from "next";
import { FlowsView } from "@/components/flows/flows-view";

export const metadata: Metadata = { title: "Flows" };

interface FlowsPageProps {
  readonly params: Promise<{ captureId: string }>;
}

export default async function FlowsPage({ params }: FlowsPageProps) {
  const { captureId } = await params;
  return <FlowsView captureId={decodeURIComponent(captureId)} />;
}
