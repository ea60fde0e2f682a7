import type { Metadata } from "next";
import { DropsView } from "@/components/drops/drops-view";

export const metadata: Metadata = { title: "Drops" };

interface DropsPageProps {
  readonly params: Promise<{ captureId: string }>;
}

export default async function DropsPage({ params }: DropsPageProps) {
  const { captureId } = await params;
  return <DropsView captureId={decodeURIComponent(captureId)} />;
}
