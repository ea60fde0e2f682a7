"use client";

import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import styles from "./splitter.module.css";

interface SplitterProps {
  readonly label: string;
  /** Width of the part at its right, pixels. */
  readonly width: number;
  readonly least: number;
  readonly most: number;
  readonly onWidth: (width: number) => void;
}

const STEP = 24;

/** The edge between two parts side by side; dragged, or moved with the arrow keys. */
export function Splitter({ label, width, least, most, onWidth }: SplitterProps) {
  const start = useRef<{ readonly x: number; readonly width: number }>(undefined);
  const set = (wanted: number) => onWidth(Math.round(Math.min(most, Math.max(least, wanted))));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    set(width + (event.key === "ArrowLeft" ? STEP : -STEP));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a line cannot be moved
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={least}
      aria-valuemax={Math.max(least, Math.round(most))}
      tabIndex={0}
      className={styles.splitter}
      onKeyDown={onKeyDown}
      onPointerDown={(event: PointerEvent) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => {
        if (start.current) set(start.current.width + start.current.x - event.clientX);
      }}
      onPointerUp={() => {
        start.current = undefined;
      }}
    />
  );
}
