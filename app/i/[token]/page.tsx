/** A shared investigation, for whoever has its link. Which share it is was settled before (bin/share-front.ts). */

import type { Metadata } from "next";
import { cookies, headers } from "next/headers";
import { notFound } from "next/navigation";
import { engine } from "@/bin/engine-slot";
import { SHARE_HEADER } from "@/bin/share-front";
import { parseTheme, THEME_COOKIE } from "@/components/frame/theme";
import { SharedPage } from "@/components/investigations/shared-page";

export const metadata: Metadata = { title: "Shared investigation" };

interface PageProps {
  readonly params: Promise<{ token: string }>;
}

export default async function Page({ params }: PageProps) {
  const shown = await engine().shares.shown((await headers()).get(SHARE_HEADER));
  if (!shown.ok) notFound();
  const { token } = await params;
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  return <SharedPage token={token} shared={shown.value.shared} theme={theme} />;
}
