"use client";

import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { type Size, useSize } from "@/components/ui/use-size";
import {
  isStuck,
  mostInSight,
  placeAfterScroll,
  placeAt,
  type RowWindow,
  rowsInSight,
  type ScrollMap,
  START,
  scrollMap,
  topThatCentres,
  topThatShows,
} from "./scroll-map";

export interface VirtualRows {
  readonly map: ScrollMap;
  /** Rows to draw. */
  readonly drawn: RowWindow;
  /** More rows are never drawn. */
  readonly most: number;
  /** Goes onto the element that holds the drawn rows. */
  readonly layer: RefObject<HTMLDivElement | null>;
  readonly scrollToRow: (row: number, how: "nearest" | "centre") => void;
  readonly scrollToTop: () => void;
  readonly firstInSight: () => number;
}

interface Layout {
  readonly rows: number;
  readonly rowHeight: number;
  readonly headerHeight: number;
  /** Of the scroll container, before it is in the page. */
  readonly size: Size;
}

/** Rows drawn beyond each end of the viewport, so that a fast wheel finds them there. */
const AROUND = 8;
/** Scrolling rests when nothing moved for this long. */
const REST_MS = 140;

/**
 * Follows a scroll container over any number of rows. Scrolling moves the layer by a transform, outside of
 * React; React only draws when other rows come into sight.
 */
export function useVirtualRows(
  scroller: RefObject<HTMLDivElement | null>,
  { rows, rowHeight, headerHeight, size }: Layout,
): VirtualRows {
  const { height } = useSize(scroller, size);
  const map = useMemo(
    () => scrollMap(rows, rowHeight, Math.max(0, height - headerHeight)),
    [rows, rowHeight, height, headerHeight],
  );
  const layer = useRef<HTMLDivElement>(null);
  const place = useRef(START);
  const drawnFirst = useRef(0);
  const [first, setFirst] = useState(0);
  const drawn = useMemo(
    () => rowsInSight(map, first * rowHeight, rows, AROUND),
    [map, first, rowHeight, rows],
  );

  const draw = useCallback(() => {
    const { top } = place.current;
    setFirst(Math.floor(top / rowHeight));
    if (layer.current)
      layer.current.style.transform = `translateY(${drawnFirst.current * rowHeight - top}px)`;
  }, [rowHeight]);
  const moveTo = useCallback(
    (top: number) => {
      const element = scroller.current;
      if (element === null) return;
      const next = placeAt(map, top);
      // Both ways through scrollTop make the browser lay the page out on the spot: not where all stays at the start.
      if (next.physical !== 0 || place.current.physical !== 0) {
        element.scrollTop = next.physical;
        // Read back: a browser rounds to its own pixels.
        place.current = { top: next.top, physical: element.scrollTop };
      }
      draw();
    },
    [scroller, map, draw],
  );

  useLayoutEffect(() => {
    drawnFirst.current = drawn.first;
    draw();
  }, [drawn.first, draw]);

  // Other rows or another height: the place in pixels of the rows stays.
  useLayoutEffect(() => moveTo(place.current.top), [moveTo]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    let rest: ReturnType<typeof setTimeout> | undefined;
    const onScroll = () => {
      place.current = placeAfterScroll(map, place.current, element.scrollTop);
      if (isStuck(map, place.current)) moveTo(place.current.top);
      else draw();
      clearTimeout(rest);
      rest = setTimeout(() => moveTo(place.current.top), REST_MS);
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      clearTimeout(rest);
      element.removeEventListener("scroll", onScroll);
    };
  }, [scroller, map, moveTo, draw]);

  return {
    map,
    drawn,
    most: mostInSight(map, AROUND),
    layer,
    scrollToRow: useCallback(
      (row, how) =>
        moveTo(how === "centre" ? topThatCentres(map, row) : topThatShows(map, place.current.top, row)),
      [map, moveTo],
    ),
    scrollToTop: useCallback(() => moveTo(0), [moveTo]),
    firstInSight: useCallback(() => Math.ceil(place.current.top / rowHeight), [rowHeight]),
  };
}
