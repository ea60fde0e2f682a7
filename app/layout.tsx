import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { Providers } from "@/components/frame/providers";
import { parseTheme, THEME_COOKIE } from "@/components/frame/theme";
import "./globals.css";

// The content security policy names a nonce per answer, so no page may be rendered beforehand.
export const dynamic = "force-dynamic";

export const metadata: Metadata = {
  title: { default: "Eyepiece", template: "%s · Eyepiece" },
  robots: { index: false },
};

export const viewport: Viewport = { colorScheme: "light dark" };

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  const base = (process.env.EYEPIECE_BASE_PATH ?? "").trim().replace(/\/$/, "");
  return (
    <html lang="en" data-base={base} data-theme={theme === "system" ? undefined : theme}>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  );
}
