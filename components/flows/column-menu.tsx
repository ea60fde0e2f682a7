"use client";

import { Columns3, RotateCcw } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Menu, MenuCheck, MenuItem, MenuLabel, MenuLine } from "@/components/ui/menu";
import {
  COLUMNS,
  type Column,
  type ColumnChoice,
  FIRST_CHOICE,
  isChanged,
  shownColumns,
  withShown,
} from "./columns";

interface ColumnMenuProps {
  readonly choice: ColumnChoice;
  /** Shown ones that there is no room for. */
  readonly left: readonly Column[];
  readonly onChange: (choice: ColumnChoice) => void;
}

export function ColumnMenu({ choice, left, onChange }: ColumnMenuProps) {
  const shown = new Set(shownColumns(choice).map(({ id }) => id));
  for (const { id } of left) shown.delete(id);
  return (
    <Menu
      align="end"
      trigger={
        <Button small look="quiet">
          <Columns3 size={14} aria-hidden />
          Columns
        </Button>
      }
    >
      <MenuLabel>Columns of this browser</MenuLabel>
      {COLUMNS.map(({ id, label }) => (
        <MenuCheck
          key={id}
          checked={shown.has(id)}
          onChange={(isShown) => {
            // A table without columns could not be brought back.
            if (isShown || shown.size > 1) onChange(withShown(choice, id, isShown));
          }}
        >
          {label}
        </MenuCheck>
      ))}
      <MenuLine />
      <MenuItem
        icon={<RotateCcw size={14} />}
        disabled={!isChanged(choice)}
        onSelect={() => onChange(FIRST_CHOICE)}
      >
        As at first
      </MenuItem>
    </Menu>
  );
}
