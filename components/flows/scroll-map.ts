/**
 * Scrolling over more rows than a browser can lay out.
 *
 * A scroll container holds a spacer that stands for all rows. Up to `TALLEST` pixels the spacer is as high
 * as the rows and scrolling is plain. Beyond it the spacer stays at `TALLEST` and the place is kept twice:
 * `top`, in pixels of the rows, and `physical`, the container's scrollTop. A small move (wheel, trackpad)
 * moves `top` by the same pixels, so that reading stays row-exact; a big one (thumb, jump) maps in
 * proportion. The two drift apart by small moves and are brought together when scrolling rests.
 */

/** Chromium lays out 33 million pixels, Firefox 17; ten leaves room for zoom. */
export const TALLEST = 10_000_000;

/** A wheel or trackpad moves less than this between two events; the thumb moves thousands of pixels for each of its own. */
const SMALL_MOVE = 3_000;

export interface ScrollMap {
  readonly rowHeight: number;
  readonly viewport: number;
  /** Height of the spacer. */
  readonly spacer: number;
  /** Largest `top`. */
  readonly topMost: number;
  /** Largest `physical`. */
  readonly physicalMost: number;
}

export interface ScrollPlace {
  readonly top: number;
  readonly physical: number;
}

export const START: ScrollPlace = { top: 0, physical: 0 };

export function scrollMap(rows: number, rowHeight: number, viewport: number): ScrollMap {
  const height = rows * rowHeight;
  const spacer = Math.max(viewport, Math.min(TALLEST, height));
  return {
    rowHeight,
    viewport,
    spacer,
    topMost: Math.max(0, height - viewport),
    physicalMost: spacer - viewport,
  };
}

function isPlain(map: ScrollMap): boolean {
  return map.topMost <= map.physicalMost;
}

/** The place for a wanted `top`, both sides in step. */
export function placeAt(map: ScrollMap, top: number): ScrollPlace {
  const bounded = Math.min(Math.max(0, top), map.topMost);
  if (isPlain(map)) return { top: bounded, physical: bounded };
  return { top: bounded, physical: (bounded / map.topMost) * map.physicalMost };
}

/** The place after the container was scrolled to `physical`. */
export function placeAfterScroll(map: ScrollMap, before: ScrollPlace, physical: number): ScrollPlace {
  if (isPlain(map)) return { top: Math.min(Math.max(0, physical), map.topMost), physical };
  const move = physical - before.physical;
  if (Math.abs(move) > SMALL_MOVE) return { top: (physical / map.physicalMost) * map.topMost, physical };
  return { top: endedTop(map, Math.min(Math.max(0, before.top + move), map.topMost), physical), physical };
}

/** With less than a row left and the container at its end, the rows end too: there is no room for another move. */
function endedTop(map: ScrollMap, top: number, physical: number): number {
  if (physical <= 0 && top < map.rowHeight) return 0;
  if (physical >= map.physicalMost - 1 && map.topMost - top < map.rowHeight) return map.topMost;
  return top;
}

/**
 * True when the container has come to an end of its way and the rows have not: it then has to be moved at
 * once, else no further scrolling reaches us.
 */
export function isStuck(map: ScrollMap, place: ScrollPlace): boolean {
  if (isPlain(map)) return false;
  const atStart = place.physical <= 0 && place.top > 0;
  const atEnd = place.physical >= map.physicalMost - 1 && place.top < map.topMost;
  return atStart || atEnd;
}

/** The least change of `top` that shows a row whole. */
export function topThatShows(map: ScrollMap, top: number, row: number): number {
  const start = row * map.rowHeight;
  if (start < top) return start;
  const end = start + map.rowHeight - map.viewport;
  return end > top ? end : top;
}

/** The `top` that puts a row in the middle. */
export function topThatCentres(map: ScrollMap, row: number): number {
  return row * map.rowHeight - (map.viewport - map.rowHeight) / 2;
}

export interface RowWindow {
  readonly first: number;
  /** Behind the last one. */
  readonly end: number;
}

/** Rows that a viewport shows, two of them in part, and a few on either side. */
export function mostInSight({ viewport, rowHeight }: ScrollMap, around: number): number {
  return Math.ceil(viewport / rowHeight) + 1 + 2 * around;
}

/** Rows to draw: those in sight and a few on either side. */
export function rowsInSight(map: ScrollMap, top: number, rows: number, around: number): RowWindow {
  const first = Math.floor(top / map.rowHeight);
  const count = mostInSight(map, 0);
  return { first: Math.max(0, first - around), end: Math.min(rows, first + count + around) };
}
