import type { Metadata } from "next";
import type { ReactNode } from "react";

// The content security policy names a nonce per answer, so no page may be rendered beforehand.
export const dynamic = "force-dynamic";

export const metadata: Metadata = { title: "Eyepiece" };

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
