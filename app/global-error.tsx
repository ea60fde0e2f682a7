"use client";

import "./globals.css";
import { PageMessage } from "@/components/frame/page-message";
import { Button } from "@/components/ui/button";

interface GlobalErrorProps {
  readonly reset: () => void;
}

/** Stands in for the whole document when even the layout failed. */
export default function GlobalError({ reset }: GlobalErrorProps) {
  return (
    <html lang="en">
      <body>
        <PageMessage
          title="Eyepiece could not show this page."
          action={<Button onClick={reset}>Try again</Button>}
        >
          Nothing in the captures was changed. The server's log says more.
        </PageMessage>
      </body>
    </html>
  );
}
