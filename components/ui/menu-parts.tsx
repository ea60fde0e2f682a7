"use client";

/** What a menu is made of; `menu.tsx` fetches it. */

import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import { type ReactNode, useCallback } from "react";
import { classes } from "./classes";
import type { MenuCheckProps, MenuChoiceProps, MenuItemProps, MenuProps } from "./menu";
import styles from "./menu.module.css";

interface PartProps extends MenuProps {
  /** How it was opened before this code was there. */
  readonly startsOpen?: "by-key" | "by-pointer" | undefined;
}

/** A menu on a button. Not modal: the modal form locks scrolling with an injected style sheet. */
export function Menu({
  trigger,
  open,
  onOpenChange,
  startsOpen,
  isByKey = startsOpen === "by-key",
  children,
  align = "start",
  ...content
}: PartProps) {
  // The menu itself moves the focus only for keys that it saw; the key that fetched this code came before it.
  const focusFirst = useCallback(
    (box: HTMLElement | null) => {
      if (isByKey) box?.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
    },
    [isByKey],
  );
  return (
    <Radix.Root modal={false} open={open} onOpenChange={onOpenChange} defaultOpen={startsOpen !== undefined}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          {...content}
          ref={focusFirst}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={styles.menu}
          loop
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItem({ onSelect, icon, detail, danger = false, disabled, children }: MenuItemProps) {
  return (
    <Radix.Item
      className={classes(styles.item, danger && styles.danger)}
      onSelect={() => afterClosing(onSelect)}
      disabled={disabled}
    >
      <span className={styles.icon} aria-hidden>
        {icon}
      </span>
      <span className={styles.label}>{children}</span>
      {detail !== undefined && <span className={styles.detail}>{detail}</span>}
    </Radix.Item>
  );
}

/**
 * Runs an action once the menu has given the focus back to its button, which it does in a timer of its own.
 * A dialog that opens then knows where the focus belongs when it closes.
 */
function afterClosing(action: () => void): void {
  setTimeout(() => setTimeout(action));
}

/** Can be ticked; the menu stays open. */
export function MenuCheck({ checked, onChange, children }: MenuCheckProps) {
  return (
    <Radix.CheckboxItem
      className={styles.item}
      checked={checked}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
    >
      <Ticked />
      <span className={styles.label}>{children}</span>
    </Radix.CheckboxItem>
  );
}

export function MenuChoice({ value, onChange, choices }: MenuChoiceProps) {
  return (
    <Radix.RadioGroup value={value} onValueChange={onChange}>
      {choices.map((choice) => (
        <Radix.RadioItem key={choice.value} value={choice.value} className={styles.item}>
          <Ticked />
          <span className={styles.label}>{choice.label}</span>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

function Ticked() {
  return (
    <span className={styles.icon} aria-hidden>
      <Radix.ItemIndicator>
        <Check size={14} />
      </Radix.ItemIndicator>
    </span>
  );
}

export function MenuLabel({ children }: { readonly children: ReactNode }) {
  return <Radix.Label className={styles.heading}>{children}</Radix.Label>;
}

export function MenuLine() {
  return <Radix.Separator className={styles.line} />;
}
