"use client";

import { usePathname, useRouter } from "next/navigation";
import { useRef } from "react";
import { Link } from "@/components/ui/link";
import { useHotkeys } from "@/components/ui/use-hotkeys";
import { shortCount } from "@/lib/base/count";
import styles from "./tabs.module.css";
import { VIEWS, type ViewId, viewAddress, viewOf } from "./views";

/** What a tab counts, and the count in words. `isTrouble` marks counts of what is wrong. */
export interface TabCount {
  readonly count: number;
  readonly says: string;
  readonly isTrouble?: boolean;
}

interface TabsProps {
  readonly captureId: string;
  /** The scope, which the views share. */
  readonly along: string;
  readonly counts: Readonly<Record<string, TabCount>>;
  /** Counts are on their way: they have a place before they come, for a tab must not move away from under the pointer. */
  readonly isAwaited: boolean;
}

/** Those that count. */
const COUNTED: ReadonlySet<ViewId> = new Set(["drops", "dns", "l7", "flows"]);

/** A letter counts so long after `g`. */
const SEQUENCE_MS = 1500;

export function Tabs({ captureId, along, counts, isAwaited }: TabsProps) {
  const pathname = usePathname();
  const router = useRouter();
  const startedAt = useRef(0);
  useHotkeys({
    g: (event) => {
      startedAt.current = event.timeStamp;
    },
    ...Object.fromEntries(
      VIEWS.map(({ id, key }) => [
        key,
        (event: KeyboardEvent) => {
          if (event.timeStamp - startedAt.current > SEQUENCE_MS) return false;
          startedAt.current = 0;
          return router.push(viewAddress(captureId, id, along));
        },
      ]),
    ),
  });
  return VIEWS.map(({ id, label }) => {
    const count = counts[id];
    const href = viewAddress(captureId, id, along);
    const prepare = (): void => router.prefetch(href);
    return (
      <Link
        key={id}
        href={href}
        onPointerEnter={prepare}
        onFocus={prepare}
        className={styles.tab}
        aria-current={viewOf(captureId, pathname)?.id === id ? "page" : undefined}
      >
        {label}
        {count === undefined ? (
          isAwaited && COUNTED.has(id) && <span className={styles.count} data-awaited />
        ) : (
          <span
            className={styles.count}
            data-trouble={count.isTrouble && count.count > 0 ? true : undefined}
            title={count.says}
          >
            <span aria-hidden>{shortCount(count.count)}</span>
            <span className="spoken">{count.says}</span>
          </span>
        )}
      </Link>
    );
  });
}
