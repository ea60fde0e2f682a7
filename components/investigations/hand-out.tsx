"use client";

import { Download, FileText, Package } from "lucide-react";
import { apiUrl } from "@/components/frame/api";
import { investigationPath } from "@/components/frame/investigations";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";

/** The case as a file: to read without Eyepiece, or to take into another one. */
export function HandOut({ investigationId }: { readonly investigationId: string }) {
  // The answers are attachments: the page stays.
  const download = (part: string) => () =>
    window.location.assign(apiUrl(`${investigationPath(investigationId)}/${part}`));
  return (
    <Menu
      align="end"
      trigger={
        <Button>
          <Download size={14} aria-hidden />
          Download
        </Button>
      }
    >
      <MenuItem icon={<FileText size={14} />} detail="to read and mail" onSelect={download("html")}>
        HTML file
      </MenuItem>
      <MenuItem icon={<Package size={14} />} detail="with the records" onSelect={download("bundle")}>
        Evidence bundle
      </MenuItem>
    </Menu>
  );
}
