import type { Metadata } from "next";
import { QualityView } from "@/components/quality/quality-view";

export const metadata: Metadata = { title: "Quality" };

interface QualityPageProps {
  readonly params: Promise<{ captureId: string }>;
}

export default async function QualityPage({ params }: QualityPageProps) {
  const { captureId } = await params;
  return <QualityView captureId={decodeURIComponent(captureId)} />;
}
