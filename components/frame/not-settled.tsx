"use client";

import { linkButton } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { Link } from "@/components/ui/link";
import { viewAddress } from "./views";

interface NotSettledProps {
  readonly captureId: string;
  /** Of the scope, which goes along to the flows. */
  readonly along: string;
}

/** In the place of a view whose facts are not worked out yet: nothing there would not mean that there is nothing. */
export function NotSettled({ captureId, along }: NotSettledProps) {
  return (
    <Empty
      title="This view is worked out when the first file has been read."
      role="status"
      actions={
        <Link href={viewAddress(captureId, "flows", along)} className={linkButton("plain")}>
          Flows so far
        </Link>
      }
    >
      Who asked whom, drops, questions and their answers can only be told from the whole file.
    </Empty>
  );
}
