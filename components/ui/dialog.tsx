"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useState } from "react";
import { IconButton } from "./button";
import { classes } from "./classes";
import styles from "./dialog.module.css";
import { ScrollRegion } from "./scroll";

interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** Read out with the title. */
  readonly description?: ReactNode;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/**
 * A modal dialog. Escape and a click beside it close it; focus goes back to where it was.
 *
 * The backdrop is our own element: the one of the library locks scrolling with an injected style sheet,
 * which the content security policy refuses.
 */
export function Dialog({ open, onClose, ...panel }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={(next) => next || onClose()}>
      <Radix.Portal>
        <div className={styles.backdrop} />
        <Panel {...panel} />
      </Radix.Portal>
    </Radix.Root>
  );
}

function Panel({ title, description, wide = false, children }: Omit<DialogProps, "open" | "onClose">) {
  // Whatever has the focus while this is first drawn gets it back; a field with autofocus takes it right after.
  const [opener] = useState(() => document.activeElement);
  return (
    <Radix.Content
      className={classes(styles.dialog, wide && styles.wide)}
      onCloseAutoFocus={(event) => {
        event.preventDefault();
        if (opener instanceof HTMLElement) opener.focus();
      }}
      {...(description === undefined && { "aria-describedby": undefined })}
    >
      <header className={styles.head}>
        <Radix.Title className={styles.title}>{title}</Radix.Title>
        <Radix.Close asChild>
          <IconButton label="Close" hotkey="Esc">
            <X size={16} aria-hidden />
          </IconButton>
        </Radix.Close>
      </header>
      {/* Focusable, so that a long text can be scrolled by keys. */}
      <ScrollRegion label={title} className={styles.body}>
        {description !== undefined && (
          <Radix.Description className={styles.description}>{description}</Radix.Description>
        )}
        {children}
      </ScrollRegion>
    </Radix.Content>
  );
}

/** The row of buttons at the end of a dialog; the last one is the main one. */
export function DialogButtons({ children }: { readonly children: ReactNode }) {
  return <div className={styles.buttons}>{children}</div>;
}
