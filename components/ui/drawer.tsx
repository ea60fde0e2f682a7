"use client";

import { X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId } from "react";
import { IconButton } from "./button";
import styles from "./drawer.module.css";
import { ScrollRegion } from "./scroll";
import { Splitter } from "./splitter";
import { type Preference, useStored } from "./use-stored";

interface DrawerProps {
  readonly title: ReactNode;
  /** What its scrolling part holds, for who does not see it. */
  readonly label: string;
  /** What the cross closes: "Close the cause". */
  readonly closeLabel: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

const LEAST = 320;
const MOST = 2000;
const WIDTH: Preference<number> = {
  name: "drawer-width",
  fallback: 480,
  read: (stored) => (typeof stored === "number" && stored >= LEAST && stored <= MOST ? stored : undefined),
};

/**
 * The part at the right of a view that shows one thing of it, as wide as the reader drew the last one. The view stands
 * before it in a flex row. Render it only in the browser: its width is a style.
 */
export function Drawer({ title, label, closeLabel, onClose, children }: DrawerProps) {
  const id = useId();
  const [wanted, setWidth] = useStored(WIDTH);
  const most = Math.max(LEAST, Math.round(window.innerWidth * 0.6));
  const width = Math.min(wanted, most);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    onClose();
  };
  return (
    <>
      <Splitter
        label="Width of the part at the right"
        width={width}
        least={LEAST}
        most={most}
        onWidth={setWidth}
      />
      <aside className={styles.drawer} style={{ width }} aria-labelledby={id} onKeyDown={onKeyDown}>
        <header className={styles.head}>
          <h2 id={id} className={styles.title}>
            {title}
          </h2>
          <IconButton label={closeLabel} hotkey="Esc" onClick={onClose}>
            <X size={16} aria-hidden />
          </IconButton>
        </header>
        <ScrollRegion label={label} className={styles.body}>
          {children}
        </ScrollRegion>
      </aside>
    </>
  );
}

/** A part of a drawer with its heading. */
export function DrawerPart({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={styles.part}>
      <h3 className={styles.partTitle}>{title}</h3>
      {children}
    </section>
  );
}
