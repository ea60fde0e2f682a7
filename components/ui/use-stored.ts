"use client";

import { useCallback, useSyncExternalStore } from "react";

/**
 * A preference of this browser, kept in local storage under `eyepiece.<name>`. Preferences never go into a
 * link, and opening a link never changes them.
 */
export interface Preference<Value> {
  readonly name: string;
  readonly fallback: Value;
  /** Reads what is stored; `undefined` for anything that is not a value of this preference. */
  readonly read: (stored: unknown) => Value | undefined;
}

interface Kept {
  readonly text: string | null;
  readonly value: unknown;
}

const kept = new Map<string, Kept>();
const listeners = new Map<string, Set<() => void>>();

export function useStored<Value>(preference: Preference<Value>): readonly [Value, (value: Value) => void] {
  const value = useSyncExternalStore(
    useCallback((changed: () => void) => listen(preference.name, changed), [preference.name]),
    () => current(preference),
    () => preference.fallback,
  );
  const set = useCallback((next: Value) => store(preference.name, next), [preference.name]);
  return [value, set];
}

/** The same object for the same stored text, so that React sees when nothing changed. */
function current<Value>(preference: Preference<Value>): Value {
  const text = stored(preference.name);
  const known = kept.get(preference.name);
  // What is kept under a name was read by the preference of that name.
  if (known !== undefined && known.text === text) return known.value as Value;
  const value = preference.read(parsed(text)) ?? preference.fallback;
  kept.set(preference.name, { text, value });
  return value;
}

function stored(name: string): string | null {
  try {
    return localStorage.getItem(keyOf(name));
  } catch {
    // Storage can be switched off; preferences then last as long as the page.
    return memory.get(name) ?? null;
  }
}

const memory = new Map<string, string>();

function store(name: string, value: unknown): void {
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(keyOf(name), text);
  } catch {
    memory.set(name, text);
  }
  for (const changed of listeners.get(name) ?? []) changed();
}

function parsed(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function listen(name: string, changed: () => void): () => void {
  const all = listeners.get(name) ?? new Set();
  listeners.set(name, all.add(changed));
  const elsewhere = (event: StorageEvent) => {
    if (event.key === keyOf(name)) changed();
  };
  window.addEventListener("storage", elsewhere);
  return () => {
    all.delete(changed);
    window.removeEventListener("storage", elsewhere);
  };
}

function keyOf(name: string): string {
  return `eyepiece.${name}`;
}
