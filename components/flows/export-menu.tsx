"use client";

import { Download } from "lucide-react";
import { apiUrl, capturePath } from "@/components/frame/api";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem, MenuLabel } from "@/components/ui/menu";
import { type Column, csvColumns } from "./columns";

interface ExportMenuProps {
  readonly captureId: string;
  /** Parameters of the scope. */
  readonly query: string;
  readonly columns: readonly Column[];
}

/** The flows of the scope as a file: as a table, or as the records that they were. */
export function ExportMenu({ captureId, query, columns }: ExportMenuProps) {
  const save = (more: Readonly<Record<string, string>>) => {
    const params = new URLSearchParams(query);
    for (const [name, value] of Object.entries(more)) params.set(name, value);
    // The answer says that it is a download: the page stays.
    window.location.assign(apiUrl(capturePath(captureId, "/export"), params));
  };
  return (
    <Menu
      align="end"
      trigger={
        <Button small look="quiet">
          <Download size={14} aria-hidden />
          Export
        </Button>
      }
    >
      <MenuLabel>All flows of the scope</MenuLabel>
      <MenuItem onSelect={() => save({ format: "csv", columns: csvColumns(columns).join(",") })}>
        CSV of the columns shown
      </MenuItem>
      <MenuItem onSelect={() => save({ format: "csv" })}>CSV of all columns</MenuItem>
      <MenuItem onSelect={() => save({ format: "jsonl" })}>JSON lines, the records as received</MenuItem>
    </Menu>
  );
}
