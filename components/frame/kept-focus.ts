"use client";

import { type RefObject, useEffect, useRef } from "react";

/** The rows, or what else the view shows: where the keys go on when what they were on is gone. */
export function focusView(): void {
  document.getElementById("view")?.focus({ preventScroll: true });
}

/** A link inside a view is gone with the view that it leads away from, and the keys would begin at the top of the page. */
export function useFocusOnNewView(pathname: string): void {
  const seen = useRef(pathname);
  useEffect(() => {
    if (seen.current === pathname) return;
    seen.current = pathname;
    if (document.activeElement === document.body) focusView();
  }, [pathname]);
}

/**
 * Items with `data-kept` of a list that change their text or their place are other elements, and a removed one is none: the focus would
 * fall out of the page. It goes to the item with the same text, else to the one in the same place, else to the view.
 * `mark` changes with the items.
 */
export function useKeptFocus(list: RefObject<HTMLElement | null>, mark: string): void {
  const last = useRef<{ readonly text: string | undefined; readonly place: number }>(undefined);
  useEffect(() => {
    const onFocus = ({ target }: FocusEvent) => {
      // The menu of an item stands elsewhere in the page.
      if (!(target instanceof Element) || target.closest('[role="menu"]') !== null) return;
      const place = items(list).findIndex((item) => item.contains(target));
      last.current = place < 0 ? undefined : { place, text: items(list)[place]?.dataset.kept };
    };
    document.addEventListener("focusin", onFocus);
    return () => document.removeEventListener("focusin", onFocus);
  }, [list]);
  const seen = useRef(mark);
  useEffect(() => {
    if (seen.current === mark) return;
    seen.current = mark;
    if (last.current === undefined || document.activeElement !== document.body) return;
    const { text, place } = last.current;
    const all = items(list);
    const item = all.find(({ dataset }) => dataset.kept === text) ?? all[Math.min(place, all.length - 1)];
    const button = item?.querySelector("button");
    if (button) button.focus();
    else focusView();
  }, [list, mark]);
}

function items(list: RefObject<HTMLElement | null>): HTMLElement[] {
  return [...(list.current?.querySelectorAll<HTMLElement>("[data-kept]") ?? [])];
}
