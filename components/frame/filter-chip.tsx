"use client";

import { CircleSlash, Copy, Pencil, Power, X } from "lucide-react";
import { classes } from "@/components/ui/classes";
import { copyText } from "@/components/ui/copy";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";
import { visible } from "@/components/ui/text";
import { type Chip, shownText } from "./chips";
import styles from "./filter-chip.module.css";

interface FilterChipProps {
  readonly chip: Chip;
  readonly isOff?: boolean;
  readonly onEdit?: () => void;
  readonly onNegate?: () => void;
  readonly onToggle: () => void;
  readonly onRemove: () => void;
}

export function FilterChip({ chip, isOff = false, onEdit, onNegate, onToggle, onRemove }: FilterChipProps) {
  const text = visible(chip.text);
  const isBad = chip.term === undefined;
  const state = isBad ? ", cannot be read" : isOff ? ", switched off" : "";
  return (
    <span
      className={classes(
        styles.chip,
        chip.term?.negated && styles.negated,
        isOff && styles.off,
        isBad && styles.bad,
      )}
    >
      <Menu
        trigger={
          <button type="button" className={styles.text} aria-label={`Term ${text}${state}`} title={text}>
            <ChipText text={visible(shownText(chip))} />
          </button>
        }
      >
        {onEdit && (
          <MenuItem icon={<Pencil size={14} />} onSelect={onEdit}>
            Edit
          </MenuItem>
        )}
        {onNegate && chip.term && (
          <MenuItem icon={<CircleSlash size={14} />} onSelect={onNegate}>
            {chip.term.negated ? "Include instead of exclude" : "Exclude instead of include"}
          </MenuItem>
        )}
        {!isBad && (
          <MenuItem icon={<Power size={14} />} onSelect={onToggle}>
            {isOff ? "Switch on" : "Switch off"}
          </MenuItem>
        )}
        <MenuItem icon={<Copy size={14} />} onSelect={() => void copyText(chip.text)}>
          Copy
        </MenuItem>
        <MenuLine />
        <MenuItem icon={<X size={14} />} danger onSelect={onRemove}>
          Remove
        </MenuItem>
      </Menu>
      <button type="button" className={styles.remove} aria-label={`Remove ${text}`} onClick={onRemove}>
        <X size={13} aria-hidden />
      </button>
    </span>
  );
}

/** The key quieter than its values, so that values are what one reads. */
function ChipText({ text }: { readonly text: string }) {
  const colon = text.indexOf(":");
  if (colon < 0) return <bdi>{text}</bdi>;
  return (
    <bdi>
      <span className={styles.key}>{text.slice(0, colon + 1)}</span>
      {text.slice(colon + 1)}
    </bdi>
  );
}
