import type { Metadata } from "next";
import { L7View } from "@/components/l7/l7-view";

export const metadata: Metadata = { title: "L7" };

interface L7PageProps {
  readonly params: Promise<{ captureId: string }>;
}

export default async function L7Page({ params }: L7PageProps) {
  const { captureId } = await params;
  return <L7View captureId={decodeURIComponent(captureId)} />;
}
