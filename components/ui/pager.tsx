import type { RefObject } from "react";
import { Button } from "./button";
import { formatCount } from "./format";
import styles from "./pager.module.css";

interface PagerProps {
  /** What the rows are, several of them: "causes". */
  readonly what: string;
  /** Rows before those that are shown, those that are, and all there are. */
  readonly skip: number;
  readonly shown: number;
  readonly all: number;
  readonly size: number;
  /** What comes into sight when the page is turned. */
  readonly top: RefObject<HTMLElement | null>;
  /** Given the rows to leave out. */
  readonly onSkip: (skip: number) => void;
}

/** Below a long table: which of its rows are shown, and the way to the others. Nothing where all are. */
export function Pager({ what, skip, shown, all, size, top, onSkip }: PagerProps) {
  if (shown === all) return null;
  const turn = (next: number) => {
    onSkip(next);
    top.current?.scrollIntoView({ block: "start" });
  };
  const behind = all - skip - shown;
  return (
    <nav className={styles.pager} aria-label={`More ${what}`}>
      <span role="status">
        {shown === 0
          ? `There are ${formatCount(all)} ${what}, none behind number ${formatCount(skip)}.`
          : `${formatCount(skip + 1)} to ${formatCount(skip + shown)} of ${formatCount(all)} ${what}`}
      </span>
      {skip > 0 && (
        <>
          <Button small onClick={() => turn(0)}>
            First
          </Button>
          <Button small onClick={() => turn(Math.max(0, Math.min(skip, all) - size))}>
            Previous {formatCount(Math.min(size, skip, all))}
          </Button>
        </>
      )}
      {behind > 0 && (
        <Button small onClick={() => turn(skip + shown)}>
          Next {formatCount(Math.min(size, behind))}
        </Button>
      )}
    </nav>
  );
}
