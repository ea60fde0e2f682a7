"use client";

import { Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { copyText } from "@/components/ui/copy";
import type { FlowRow } from "@/lib/questions/answers";
import { callTerms } from "./value-terms";

/** Gives the command with which Hubble shows what this client sends to this server, and says what it shows otherwise. */
export function CopyObserve({ row }: { readonly row: FlowRow }) {
  const [said, setSaid] = useState("");
  const terms = callTerms(row);
  if (terms.length === 0) return null;
  const copy = async () => {
    const { toHubbleObserve } = await import("@/lib/scope/hubble-export");
    const { command, notes } = toHubbleObserve({ terms });
    const isCopied = await copyText(command);
    const words = isCopied ? ["Copied.", ...notes.map(({ text }) => text)] : ["The browser refused to copy."];
    setSaid(words.join(" "));
  };
  return (
    <>
      <Button small onClick={copy} title="What this client sends to this server, in a cluster that runs">
        <Copy size={14} aria-hidden />
        Copy as hubble observe
      </Button>
      <span role="status">{said}</span>
    </>
  );
}
