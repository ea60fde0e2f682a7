"use client";

import { ChevronDown, House } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { formatSecond } from "@/components/ui/clock";
import { Menu, MenuItem, MenuLabel, MenuLine } from "@/components/ui/menu";
import { visible } from "@/components/ui/text";
import { useStored } from "@/components/ui/use-stored";
import { parseTime } from "@/lib/base/time";
import type { CaptureInfo } from "@/lib/questions/answers";
import styles from "./capture-menu.module.css";
import { ZONE } from "./preferences";
import { useCapture, useCaptures } from "./queries";
import { viewAddress } from "./views";

/** The capture on screen, and a way to the others. */
export function CaptureMenu({ captureId }: { readonly captureId: string }) {
  const [isOpen, setOpen] = useState(false);
  const capture = useCapture(captureId).data;
  return (
    <Menu
      open={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button
          look="quiet"
          className={styles.trigger}
          aria-label={`Capture ${capture?.name ?? ""}, choose another`}
        >
          <span className={styles.name}>
            <bdi>{capture ? visible(capture.name) : "…"}</bdi>
          </span>
          <ChevronDown size={14} aria-hidden />
        </Button>
      }
    >
      {isOpen && <CaptureItems captureId={captureId} />}
    </Menu>
  );
}

function CaptureItems({ captureId }: { readonly captureId: string }) {
  const router = useRouter();
  const [zone] = useStored(ZONE);
  const { data, error } = useCaptures();
  const others = (data?.captures ?? []).filter(({ id }) => id !== captureId);
  return (
    <>
      <MenuLabel>{labelOf(error, data !== undefined, others.length)}</MenuLabel>
      {others.map((capture) => (
        <MenuItem
          key={capture.id}
          disabled={capture.state === "newer" || capture.state === "damaged"}
          detail={dayOf(capture, zone)}
          onSelect={() => router.push(viewAddress(capture.id, "overview", ""))}
        >
          <bdi>{visible(capture.name)}</bdi>
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem icon={<House size={14} />} onSelect={() => router.push("/")}>
        All captures
      </MenuItem>
    </>
  );
}

function labelOf(error: Error | null, isLoaded: boolean, others: number): string {
  if (error !== null) return error.message;
  if (!isLoaded) return "Looking for captures …";
  return others === 0 ? "There is no other capture" : "Other captures";
}

function dayOf(capture: CaptureInfo, zone: "utc" | "local"): string {
  const first = capture.first === null ? undefined : parseTime(capture.first);
  return first === undefined ? "" : formatSecond(first, zone).slice(0, 16);
}
