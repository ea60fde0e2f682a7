import { redirect } from "next/navigation";

interface CapturePageProps {
  readonly params: Promise<{ captureId: string }>;
}

/** The first view of a capture. */
export default async function CapturePage({ params }: CapturePageProps) {
  const { captureId } = await params;
  redirect(`/captures/${captureId}/overview`);
}
