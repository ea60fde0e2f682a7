import type { Metadata } from "next";
import { cookies } from "next/headers";
import { parseTheme, THEME_COOKIE } from "@/components/frame/theme";
import { InvestigationPage } from "@/components/investigations/investigation-page";

export const metadata: Metadata = { title: "Investigation" };

interface PageProps {
  readonly params: Promise<{ investigationId: string }>;
}

export default async function Page({ params }: PageProps) {
  const { investigationId } = await params;
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  return <InvestigationPage id={decodeURIComponent(investigationId)} theme={theme} />;
}
