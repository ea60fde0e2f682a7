/** What keys do in the grid of flows. */

export type GridMove = "next" | "previous" | "page-down" | "page-up" | "first" | "last";

export type GridAction =
  | { readonly kind: "move"; readonly move: GridMove }
  | { readonly kind: "column"; readonly by: number }
  | { readonly kind: "width"; readonly by: number }
  | { readonly kind: "place"; readonly by: -1 | 1 }
  | { readonly kind: "open" | "close" | "menu" | "include" | "exclude" | "sort" };

interface Pressed {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const WIDTH_STEP = 16;

const MOVES: ReadonlyMap<string, GridMove> = new Map([
  ["ArrowDown", "next"],
  ["j", "next"],
  ["ArrowUp", "previous"],
  ["k", "previous"],
  ["PageDown", "page-down"],
  ["PageUp", "page-up"],
  ["Home", "first"],
  ["End", "last"],
]);

/** `undefined` leaves the key to others. */
export function gridKey(event: Pressed): GridAction | undefined {
  const { key, shiftKey } = event;
  if (event.altKey || event.metaKey) return undefined;
  const move = MOVES.get(key);
  if (move !== undefined && (!event.ctrlKey || key === "Home" || key === "End"))
    return { kind: "move", move };
  if (event.ctrlKey) {
    if (!shiftKey || (key !== "ArrowLeft" && key !== "ArrowRight")) return undefined;
    return { kind: "place", by: key === "ArrowLeft" ? -1 : 1 };
  }
  switch (key) {
    case "ArrowLeft":
    case "ArrowRight": {
      const by = key === "ArrowLeft" ? -1 : 1;
      return shiftKey ? { kind: "width", by: by * WIDTH_STEP } : { kind: "column", by };
    }
    case "Enter":
      return { kind: "open" };
    case "Escape":
      return { kind: "close" };
    case " ":
    case "ContextMenu":
      return { kind: "menu" };
    case "F10":
      return shiftKey ? { kind: "menu" } : undefined;
    case "s":
      return { kind: "sort" };
    case ".":
      return { kind: "include" };
    case ",":
      return { kind: "exclude" };
    default:
      return undefined;
  }
}

interface GridPlace {
  readonly active: number | undefined;
  /** First row in sight, where a walk begins that has no place yet. */
  readonly first: number;
  readonly total: number;
  /** Rows of one page. */
  readonly page: number;
}

/** The row after a move; `undefined` when there are no rows. */
export function movedRow(move: GridMove, { active, first, total, page }: GridPlace): number | undefined {
  if (total === 0) return undefined;
  if (move === "first") return 0;
  if (move === "last") return total - 1;
  if (active === undefined) return Math.min(first, total - 1);
  const steps: Record<Exclude<GridMove, "first" | "last">, number> = {
    next: active + 1,
    previous: active - 1,
    "page-down": active + page,
    "page-up": active - page,
  };
  return Math.min(total - 1, Math.max(0, steps[move]));
}
