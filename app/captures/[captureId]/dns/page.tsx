import type { Metadata } from "next";
import { DnsView } from "@/components/dns/dns-view";

export const metadata: Metadata = { title: "DNS" };

interface DnsPageProps {
  readonly params: Promise<{ captureId: string }>;
}

export default async function DnsPage({ params }: DnsPageProps) {
  const { captureId } = await params;
  return <DnsView captureId={decodeURIComponent(captureId)} />;
}
