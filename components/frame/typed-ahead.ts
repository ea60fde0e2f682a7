/** What is typed while the field that it is meant for is still on its way. */

import { type RefObject, useEffect } from "react";

/** The text after one more key; `undefined` for a key that is no typing. */
export function typedOn(text: string, { key, ctrlKey, metaKey, altKey }: Pressed): string | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  if (key === "Backspace") return text.slice(0, -1);
  if (key === "Enter") return text.endsWith("\n") ? text : `${text}\n`;
  return key.length === 1 ? text + key : undefined;
}

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">;

/** Keeps what is typed in `ahead`, and from the page, whose single keys it would set off. Escape gives up. */
export function useTypedAhead(ahead: RefObject<string>, onEscape: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const text = typedOn(ahead.current, event);
      if (event.key === "Escape") onEscape();
      else if (text === undefined) return;
      else ahead.current = text;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener("keydown", pressed, true);
    return () => document.removeEventListener("keydown", pressed, true);
  }, [ahead, onEscape]);
}
