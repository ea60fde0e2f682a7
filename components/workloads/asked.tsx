"use client";

import type { ReactNode } from "react";
import { ApiError } from "@/components/frame/api";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import shared from "@/components/ui/view.module.css";

interface AskedProps<Answer> {
  readonly asked: {
    readonly data: Answer | undefined;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  /** "Counting connections …" */
  readonly meanwhile: string;
  readonly children: (answer: Answer) => ReactNode;
}

/** An answer, or that it is on its way, or why it did not come. */
export function Asked<Answer>({ asked, meanwhile, children }: AskedProps<Answer>) {
  const { data, error, refetch } = asked;
  if (data !== undefined) return children(data);
  if (error === null) return <p className={shared.note}>{meanwhile}</p>;
  return (
    <Empty title={error.message} role="alert" actions={<Button onClick={() => refetch()}>Try again</Button>}>
      {error instanceof ApiError && error.hint}
    </Empty>
  );
}
