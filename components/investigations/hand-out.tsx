"use client";

import { Download, EyeOff, FileText, Package } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { apiUrl } from "@/components/frame/api";
import { investigationPath } from "@/components/frame/investigations";
import { Button } from "@/components/ui/button";
import { later } from "@/components/ui/later";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";

const MaskDialog = later(async () => (await import("@/components/frame/mask-dialog")).MaskDialog);

interface HandOutProps {
  readonly investigationId: string;
  readonly capture: { readonly id: string; readonly name: string };
}

/** The case as a file, to read without Eyepiece or to take into another one; or a copy of it that can be shown to others. */
export function HandOut({ investigationId, capture }: HandOutProps) {
  const router = useRouter();
  const [isMasking, setMasking] = useState(false);
  // The answers are attachments: the page stays.
  const download = (part: string) => () =>
    window.location.assign(apiUrl(`${investigationPath(investigationId)}/${part}`));
  return (
    <>
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
        <MenuLine />
        <MenuItem icon={<EyeOff size={14} />} detail="to share" onSelect={() => setMasking(true)}>
          Masked copy …
        </MenuItem>
      </Menu>
      {isMasking && (
        <MaskDialog
          capture={capture}
          investigationId={investigationId}
          onClose={() => setMasking(false)}
          // There it is followed, and opened when it is done.
          onStarted={() => router.push("/")}
        />
      )}
    </>
  );
}
