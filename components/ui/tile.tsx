import type { ReactNode } from "react";
import styles from "./tile.module.css";

/** Tiles side by side, as many as there is room for. */
export function Tiles({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <ul className={styles.tiles} aria-label={label}>
      {children}
    </ul>
  );
}

interface TileProps {
  readonly label: string;
  /** The number, as a link to what it counts; or why it is not known. */
  readonly value: ReactNode;
  /** A share, a rule, what is left out. */
  readonly note?: ReactNode;
  readonly tone?: "bad" | "warn";
}

/** One number that is read from afar. */
export function Tile({ label, value, note, tone }: TileProps) {
  return (
    <li className={styles.tile} data-tone={tone}>
      <span className={styles.label}>{label}</span>
      <span className={styles.value}>{value}</span>
      {note !== undefined && <span className={styles.note}>{note}</span>}
    </li>
  );
}
