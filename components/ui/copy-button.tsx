"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, IconButton } from "./button";
import { copyText } from "./copy";

interface CopyButtonProps {
  readonly text: string;
  /** What is copied: "the command". */
  readonly what: string;
  /** Shown beside the icon; without it there is only the icon. */
  readonly caption?: string;
}

const SHOWN_MS = 2000;

/** Says for two seconds whether it worked: without a secure context a browser may refuse. */
export function CopyButton({ text, what, caption }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<"copied" | "refused">();
  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => setOutcome((await copyText(text)) ? "copied" : "refused");
  const icon = outcome === "copied" ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />;
  const said = outcome === undefined ? "" : outcome === "copied" ? "Copied" : "The browser refused to copy";
  return (
    <>
      {caption === undefined ? (
        <IconButton label={said || `Copy ${what}`} onClick={copy}>
          {icon}
        </IconButton>
      ) : (
        <Button small onClick={copy}>
          {icon}
          {said || caption}
        </Button>
      )}
      <span role="status" className="spoken">
        {said}
      </span>
    </>
  );
}
