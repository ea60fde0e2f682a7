"use client";

import { Copy } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { copyText } from "@/components/ui/copy";
import { Menu, MenuItem } from "@/components/ui/menu";
import type { ExportNote } from "@/lib/scope/hubble-export";
import type { Scope } from "@/lib/scope/link";

interface CopyFilterProps {
  /** Undefined while the link cannot be read: then there is nothing to copy. */
  readonly scope: Scope | undefined;
  /** What came of it, and what the copy does not say, or says otherwise. */
  readonly onCopied: (outcome: string, notes: readonly string[]) => void;
}

/** Gives the filter in Hubble's words. The code that writes them is fetched when it is asked for. */
export function CopyFilter({ scope, onCopied }: CopyFilterProps) {
  if (scope === undefined) return null;
  const copy = async (write: () => Promise<{ text: string; notes: readonly ExportNote[] }>) => {
    const { text, notes } = await write();
    const left = notes.map(({ text }) => text);
    // An exporter's list without a filter would keep everything.
    if (text.trim() === "") return onCopied("Nothing was copied, for nothing of the filter is left:", left);
    if (!(await copyText(text))) return onCopied("Nothing was copied: the browser does not allow it.", []);
    if (left.length === 0) return onCopied("Copied. All of the filter is in it.", left);
    onCopied("Copied. Hubble will not show exactly the same:", left);
  };
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label="Copy the filter for Hubble">
          <Copy size={15} aria-hidden />
        </IconButton>
      }
    >
      <MenuItem
        onSelect={() =>
          copy(async () => {
            const { toHubbleObserve } = await import("@/lib/scope/hubble-export");
            const { command, notes } = toHubbleObserve(scope.filter, scope);
            return { text: command, notes };
          })
        }
      >
        Copy as hubble observe
      </MenuItem>
      <MenuItem
        onSelect={() =>
          copy(async () => {
            const { toFlowFilters } = await import("@/lib/scope/flow-filter-write");
            return toFlowFilters(scope.filter);
          })
        }
      >
        Copy as FlowFilter JSON, for an exporter
      </MenuItem>
    </Menu>
  );
}
