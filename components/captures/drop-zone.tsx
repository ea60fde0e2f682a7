"use client";

import { FileDown, FolderOpen, Telescope } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { classes } from "@/components/ui/classes";
import styles from "./drop-zone.module.css";
import { carriesFiles, droppedFiles, type NamedFile, pickedFiles } from "./dropped-files";

interface DropZoneProps {
  readonly onFiles: (files: readonly NamedFile[]) => void;
  readonly onSample: () => void;
  readonly isOpening: boolean;
  /** There is no capture yet: the zone is what the page is about. */
  readonly isFirst: boolean;
}

/** Takes files dropped anywhere on the page, or picked. */
export function DropZone({ onFiles, onSample, isOpening, isFirst }: DropZoneProps) {
  const picker = useRef<HTMLInputElement>(null);
  const isOver = useWindowDrop(onFiles);
  return (
    <section className={classes(styles.zone, isFirst && styles.first)} aria-labelledby="open-title">
      <div className={styles.text}>
        <h1 id="open-title" className={styles.title}>
          Open flow logs
        </h1>
        <p>
          Drop files or a folder anywhere on this page. Eyepiece reads the exporter's <code>events.log</code>,
          what <code>hubble observe</code> prints, Azure's container network logs from the node or from Log
          Analytics, and Retina: plain, compressed, or in a zip or tar archive.
        </p>
        <p className={styles.quiet}>
          Files dropped together become one capture. They go to this server and nowhere else. A capture or an
          investigation that another Eyepiece handed out is taken in as it is.
        </p>
      </div>
      <div className={styles.buttons}>
        <Button look="primary" onClick={() => picker.current?.click()}>
          <FolderOpen size={15} aria-hidden />
          Choose files
        </Button>
        <Button onClick={onSample} disabled={isOpening}>
          <Telescope size={15} aria-hidden />
          {isOpening ? "Opening the sample capture …" : "Open the sample capture"}
        </Button>
      </div>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label="Files for a new capture"
        onChange={(event) => {
          onFiles(pickedFiles(event.target.files));
          event.target.value = "";
        }}
      />
      {isOver && (
        <div className={styles.overlay}>
          <p className={styles.overlayText}>
            <FileDown size={28} aria-hidden />
            Drop to open as one capture
          </p>
        </div>
      )}
    </section>
  );
}

/** True while files are dragged over the window. */
function useWindowDrop(onFiles: (files: readonly NamedFile[]) => void): boolean {
  const [isOver, setOver] = useState(false);
  const latest = useRef(onFiles);
  useEffect(() => {
    latest.current = onFiles;
  });
  useEffect(() => {
    // Entering a child comes before leaving its parent, so the depth tells when the window is left.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event.dataTransfer)) return;
      depth++;
      setOver(true);
    };
    const over = (event: DragEvent) => {
      if (carriesFiles(event.dataTransfer)) event.preventDefault();
    };
    const leave = () => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const drop = async (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (event.dataTransfer === null || !carriesFiles(event.dataTransfer)) return;
      event.preventDefault();
      latest.current(await droppedFiles(event.dataTransfer));
    };
    const handlers = { dragenter: enter, dragover: over, dragleave: leave, drop } as const;
    for (const [name, handler] of Object.entries(handlers))
      window.addEventListener(name, handler as EventListener);
    return () => {
      for (const [name, handler] of Object.entries(handlers))
        window.removeEventListener(name, handler as EventListener);
    };
  }, []);
  return isOver;
}
