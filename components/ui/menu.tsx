"use client";

import {
  type ComponentProps,
  cloneElement,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useState,
} from "react";

export interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactElement<ComponentProps<"button">>;
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
  readonly onCloseAutoFocus?: (event: Event) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  /** Opened by a key that the menu itself did not see: its first item takes the focus. */
  readonly isByKey?: boolean;
  readonly align?: "start" | "center" | "end";
  readonly side?: "top" | "right" | "bottom" | "left";
  readonly children: ReactNode;
}

export interface MenuItemProps {
  readonly onSelect: () => void;
  readonly icon?: ReactNode;
  /** Stands at the right, quieter. */
  readonly detail?: ReactNode;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}

export interface MenuCheckProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ReactNode;
}

export interface MenuChoiceProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly choices: readonly { readonly value: string; readonly label: ReactNode }[];
}

type Parts = typeof import("./menu-parts");

let parts: Parts | undefined;
let coming: Promise<Parts> | undefined;

/** Menus are a tenth of a page's code and wanted by few visits: it comes when a button is pointed at. */
async function load(): Promise<Parts> {
  coming ??= import("./menu-parts");
  try {
    parts = await coming;
    return parts;
  } catch (error) {
    coming = undefined;
    throw error;
  }
}

/** Asks for the code early; that it does not come is told when it is needed. */
function prepare(): void {
  load().catch(() => {});
}

/** A menu on a button. */
export function Menu(props: MenuProps) {
  const { trigger, open, onOpenChange } = props;
  const [ready, setReady] = useState(parts);
  const [startsOpen, setStartsOpen] = useState<"by-key" | "by-pointer">();
  const fetchParts = () => {
    load().then(setReady, (error) =>
      setReady(() => {
        throw error;
      }),
    );
  };
  const isMissing = open === true && ready === undefined;
  useEffect(() => {
    if (isMissing) fetchParts();
  });
  if (ready !== undefined) return <ready.Menu {...props} startsOpen={startsOpen} />;
  const ask = (how: "by-key" | "by-pointer") => {
    setStartsOpen(how);
    onOpenChange?.(true);
    fetchParts();
  };
  return cloneElement(trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onPointerEnter: prepare,
    onFocus: prepare,
    // A key that presses a button makes a click without a place in it.
    onClick: (event) => ask(event.detail === 0 ? "by-key" : "by-pointer"),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      ask("by-key");
    },
  });
}

// What stands in a menu is drawn by its open menu only, so the parts are there.

export function MenuItem(props: MenuItemProps) {
  return parts && <parts.MenuItem {...props} />;
}

export function MenuCheck(props: MenuCheckProps) {
  return parts && <parts.MenuCheck {...props} />;
}

export function MenuChoice(props: MenuChoiceProps) {
  return parts && <parts.MenuChoice {...props} />;
}

export function MenuLabel(props: { readonly children: ReactNode }) {
  return parts && <parts.MenuLabel {...props} />;
}

export function MenuLine() {
  return parts && <parts.MenuLine />;
}
