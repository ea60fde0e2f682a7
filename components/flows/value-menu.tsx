"use client";

import { CircleMinus, CirclePlus, Copy, PanelRightOpen, Target } from "lucide-react";
import { useEffect, useState } from "react";
import { copyText } from "@/components/ui/copy";
import { Menu, MenuItem, MenuLabel, MenuLine } from "@/components/ui/menu";
import { visible } from "@/components/ui/text";
import { formatTerm, makeTerm, type Term } from "@/lib/scope/filter";
import type { How } from "./filter-by";
import styles from "./value-menu.module.css";

interface ValueMenuProps {
  /** Where it opens, in the window. */
  readonly box: DOMRect;
  readonly text: string;
  readonly isByKey: boolean;
  /** The nearest term first. */
  readonly terms: readonly Term[];
  readonly onFilter: (term: Term, how: How) => void;
  readonly onOpen: () => void;
  /** The focus goes back to the rows. */
  readonly onClosed: () => void;
}

/** What can be done with a value: include, exclude, only, copy; and the same for the wider terms it belongs to. */
export function ValueMenu({ box, text, isByKey, terms, onFilter, onOpen, onClosed }: ValueMenuProps) {
  const [isOpen, setOpen] = useState(false);
  // Opened after it is in its place, so that it is measured there.
  useEffect(() => setOpen(true), []);
  const [first, ...others] = terms;
  const either = first && eitherSide(first);
  const wider = either ? [either, ...others] : others;
  const close = () => {
    setOpen(false);
    onClosed();
  };
  return (
    <Menu
      open={isOpen}
      onOpenChange={(open) => (open ? setOpen(true) : close())}
      onCloseAutoFocus={(event) => event.preventDefault()}
      isByKey={isByKey}
      onKeyDown={(event) => {
        const how = event.key === "." ? "include" : event.key === "," ? "exclude" : undefined;
        if (how === undefined || first === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        close();
        onFilter(first, how);
      }}
      trigger={
        // Stands over the value, which itself may leave the document while the menu is open.
        <button
          type="button"
          tabIndex={-1}
          aria-label="Menu of the value"
          className={styles.anchor}
          style={{ left: box.left, top: box.top, width: Math.min(box.width, 240), height: box.height }}
        />
      }
    >
      <MenuLabel>
        <bdi>{first ? visible(formatTerm(first)) : text}</bdi>
      </MenuLabel>
      {first && (
        <>
          <MenuItem icon={<CirclePlus size={14} />} detail="." onSelect={() => onFilter(first, "include")}>
            Include
          </MenuItem>
          <MenuItem icon={<CircleMinus size={14} />} detail="," onSelect={() => onFilter(first, "exclude")}>
            Exclude
          </MenuItem>
          <MenuItem icon={<Target size={14} />} onSelect={() => onFilter(first, "only")}>
            Only this
          </MenuItem>
        </>
      )}
      <MenuItem icon={<Copy size={14} />} onSelect={() => void copyText(text)}>
        Copy
      </MenuItem>
      {wider.length > 0 && <MenuLine />}
      {wider.map((term) => (
        <MenuItem
          key={formatTerm(term)}
          icon={<CirclePlus size={14} />}
          onSelect={() => onFilter(term, "include")}
        >
          Include <bdi>{visible(formatTerm(term))}</bdi>
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem icon={<PanelRightOpen size={14} />} detail="Enter" onSelect={onOpen}>
        Open the flow
      </MenuItem>
    </Menu>
  );
}

/** The same value on whichever side of the packet; nothing for keys without sides. */
function eitherSide(term: Term): Term | undefined {
  if (!("side" in term) || term.side === "either") return undefined;
  // The values are those of the key they came with.
  return makeTerm(term.key, term.values as never, { side: "either" });
}
