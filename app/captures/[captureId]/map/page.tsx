import type { Metadata } from "next";
import { MapView } from "@/components/map/map-view";

export const metadata: Metadata = { title: "Map" };

interface MapPageProps {
  readonly params: Promise<{ captureId: string }>;
}

export default async function MapPage({ params }: MapPageProps) {
  const { captureId } = await params;
  return <MapView captureId={decodeURIComponent(captureId)} />;
}
