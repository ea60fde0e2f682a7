import type { Metadata } from "next";
import { OverviewView } from "@/components/overview/overview-view";

export const metadata: Metadata = { title: "Overview" };

interface OverviewPageProps {
  readonly params: Promise<{ captureId: string }>;
}

export default async function OverviewPage({ params }: OverviewPageProps) {
  const { captureId } = await params;
  return <OverviewView captureId={decodeURIComponent(captureId)} />;
}
