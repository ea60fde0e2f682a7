import type { Metadata } from "next";
import { WorkloadsView } from "@/components/workloads/workloads-view";

export const metadata: Metadata = { title: "Workloads" };

interface WorkloadsPageProps {
  readonly params: Promise<{ captureId: string }>;
}

export default async function WorkloadsPage({ params }: WorkloadsPageProps) {
  const { captureId } = await params;
  return <WorkloadsView captureId={decodeURIComponent(captureId)} />;
}
