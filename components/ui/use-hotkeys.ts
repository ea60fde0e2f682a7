"use client";

import { useEffect, useRef } from "react";
import { type Preference, useStored } from "./use-stored";

/** Single keys can be switched off: speech input and shaky hands press them by accident (WCAG 2.1.4). */
export const HOTKEYS: Preference<boolean> = {
  name: "hotkeys",
  fallback: true,
  read: (stored) => (typeof stored === "boolean" ? stored : undefined),
};

/** What a key does, by `KeyboardEvent.key`. `false` leaves the key to others. */
export type Hotkeys = Readonly<Record<string, (event: KeyboardEvent) => unknown>>;

/** Single keys for the whole page. Not while something is typed, a menu or a dialog is open, or a modifier is held. */
export function useHotkeys(hotkeys: Hotkeys): void {
  const [isOn] = useStored(HOTKEYS);
  const latest = useRef(hotkeys);
  useEffect(() => {
    latest.current = hotkeys;
  });
  useEffect(() => {
    if (!isOn) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target))
        return;
      const action = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (action === undefined) return;
      if (action(event) !== false) event.preventDefault();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [isOn]);
}

function isBusy(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest("input, textarea, select, [contenteditable], [role=menu], [role=dialog]") !== null;
}
