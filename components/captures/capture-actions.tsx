"use client";

import { Download, Ellipsis, EyeOff, FilePlus2, Files, Pencil, Trash2 } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";
import { visible } from "@/components/ui/text";

interface CaptureActionsProps {
  readonly name: string;
  /** False for a capture that this program cannot open: it can only be deleted. */
  readonly canOpen: boolean;
  readonly onAdd: () => void;
  readonly onRename: () => void;
  readonly onFiles: () => void;
  readonly onMask: () => void;
  /** Absent while a file is read: what is handed out must be whole. */
  readonly onDownload: (() => void) | undefined;
  readonly onDelete: () => void;
}

export function CaptureActions(props: CaptureActionsProps) {
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label={`Actions for ${visible(props.name)}`}>
          <Ellipsis size={16} aria-hidden />
        </IconButton>
      }
    >
      {props.canOpen && (
        <>
          <MenuItem icon={<FilePlus2 size={14} />} onSelect={props.onAdd}>
            Add files
          </MenuItem>
          <MenuItem icon={<Files size={14} />} onSelect={props.onFiles}>
            Files and refused records
          </MenuItem>
          <MenuItem icon={<Pencil size={14} />} onSelect={props.onRename}>
            Rename
          </MenuItem>
          <MenuItem icon={<EyeOff size={14} />} onSelect={props.onMask}>
            Masked copy …
          </MenuItem>
          <MenuItem
            icon={<Download size={14} />}
            disabled={props.onDownload === undefined}
            onSelect={() => props.onDownload?.()}
          >
            Download as one file
          </MenuItem>
          <MenuLine />
        </>
      )}
      <MenuItem icon={<Trash2 size={14} />} danger onSelect={props.onDelete}>
        Delete
      </MenuItem>
    </Menu>
  );
}
