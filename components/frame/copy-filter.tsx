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
  /** What the copy does not say, or says otherwise. */
  readonly onCopied: (notes: readonly ExportNote[]) => void;
}

/** Gives the filter in Hubble's words. The code that writes them is fetched when it is asked for. */
export function CopyFilter({ scope, onCopied }: CopyFilterProps) {
  if (scope === undefined) return null;
  const copy = async (write: () => Promise<{ text: string; notes: readonly ExportNote[] }>) => {
    const { text, notes } = await write();
    const isCopied = await copyText(text);
    onCopied(isCopied ? notes : [{ kind: "refused", text: "The browser does not allow copying." }]);
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
