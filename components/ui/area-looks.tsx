import styles from "./area-looks.module.css";

/**
 * How an area of a chart is filled: the four that carry meaning, and six for kinds that have none of their own. Each
 * has a hatch as well as a colour.
 */
export type AreaLook = "good" | "bad" | "warn" | "calm" | "one" | "two" | "three" | "four" | "five" | "six";

/** In the order in which kinds take them. */
export const KIND_LOOKS: readonly AreaLook[] = ["one", "two", "three", "four", "five", "six"];

/** The class that fills a shape with the colour of its look. */
export function areaClass(look: AreaLook): string | undefined {
  return styles[look];
}

interface HatchesProps {
  /** Makes the patterns' names unique on the page. */
  readonly id: string;
  readonly looks: readonly AreaLook[];
}

/** The patterns of the looks that are used; `fill={hatchFill(id, look)}` lays one over a shape. */
export function Hatches({ id, looks }: HatchesProps) {
  return (
    <defs>
      {looks.map((look) => {
        const hatch = HATCHES[look];
        if (hatch === undefined) return null;
        return (
          <pattern
            key={look}
            id={`${id}-${look}`}
            patternUnits="userSpaceOnUse"
            width={hatch.size}
            height={hatch.size}
            patternTransform={hatch.turn === 0 ? undefined : `rotate(${hatch.turn})`}
          >
            <path className={styles.hatch} d={hatch.path} />
          </pattern>
        );
      })}
    </defs>
  );
}

export function hatchFill(id: string, look: AreaLook): string {
  return HATCHES[look] === undefined ? "none" : `url(#${id}-${look})`;
}

interface Hatch {
  readonly path: string;
  readonly size: number;
  readonly turn: number;
}

const LINE = "M0 0V5";
const DOT = "M1.2 2.5h2";
const HATCHES: Readonly<Partial<Record<AreaLook, Hatch>>> = {
  bad: { path: LINE, size: 5, turn: 45 },
  warn: { path: LINE, size: 5, turn: 90 },
  calm: { path: DOT, size: 5, turn: 0 },
  two: { path: LINE, size: 5, turn: -45 },
  three: { path: LINE, size: 4, turn: 0 },
  four: { path: "M0 0V6M0 0H6", size: 6, turn: 45 },
  five: { path: DOT, size: 4, turn: 45 },
  six: { path: LINE, size: 8, turn: 90 },
};

interface SwatchProps {
  readonly look: AreaLook;
  readonly id: string;
}

/** A small square that shows a look in a legend; stands in a page that has the look's hatch under the same id. */
export function Swatch({ look, id }: SwatchProps) {
  return (
    <svg className={styles.swatch} width={11} height={11} aria-hidden>
      <rect className={areaClass(look)} width={11} height={11} />
      <rect fill={hatchFill(id, look)} width={11} height={11} />
    </svg>
  );
}
