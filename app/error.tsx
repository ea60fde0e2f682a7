"use client";

import { PageMessage } from "@/components/frame/page-message";
import { Button } from "@/components/ui/button";

interface ErrorPageProps {
  readonly error: Error & { readonly digest?: string };
  readonly reset: () => void;
}

/** Shown when a page itself fails, which is a bug; what the interface refuses is shown in its place. */
export default function ErrorPage({ error, reset }: ErrorPageProps) {
  return (
    <PageMessage title="This page failed." action={<Button onClick={reset}>Try again</Button>}>
      Nothing in the captures was changed. If it happens again, report it with what you did
      {error.digest === undefined
        ? ""
        : ` and the number ${error.digest}, which stands in the server's log too`}
      .
    </PageMessage>
  );
}
