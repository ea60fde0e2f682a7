import type { Metadata } from "next";
import { cookies } from "next/headers";
import { type ReactNode, Suspense } from "react";
import { engine } from "@/bin/engine-slot";
import { Frame } from "@/components/frame/frame";
import { parseTheme, THEME_COOKIE } from "@/components/frame/theme";
import { visible } from "@/components/ui/text";

interface CaptureLayoutProps {
  readonly params: Promise<{ captureId: string }>;
  readonly children: ReactNode;
}

/** The view and the capture: several of them are open side by side. */
export async function generateMetadata({ params }: Omit<CaptureLayoutProps, "children">): Promise<Metadata> {
  const info = await engine().captures.info(decodeURIComponent((await params).captureId));
  const name = info.ok ? ` · ${visible(info.value.name)}` : "";
  return { title: { default: "Capture", template: `%s${name} · Eyepiece` } };
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
