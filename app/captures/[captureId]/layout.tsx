import { cookies } from "next/headers";
import { type ReactNode, Suspense } from "react";
import { Frame } from "@/components/frame/frame";
import { parseTheme, THEME_COOKIE } from "@/components/frame/theme";

interface CaptureLayoutProps {
  readonly params: Promise<{ captureId: string }>;
  readonly children: ReactNode;
}

export default async function CaptureLayout({ params, children }: CaptureLayoutProps) {
  const { captureId } = await params;
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <Suspense>
      <Frame captureId={decodeURIComponent(captureId)} theme={theme}>
        {children}
      </Frame>
    </Suspense>
  );
}
