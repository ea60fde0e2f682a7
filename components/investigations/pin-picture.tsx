"use client";

import { usePinPicture } from "./queries";
import styles from "./report-blocks.module.css";

interface PinPictureProps {
  /** Of the pin's report. */
  readonly path: string;
  readonly title: string;
}

/** A pinned map as it is in the exported file. As an image it is inert, whatever names the log has; its numbers stand in the table. */
export function PinPicture({ path, title }: PinPictureProps) {
  const { data, error } = usePinPicture(path);
  if (error !== null || (data !== undefined && data.svg === null))
    return <p className={styles.quiet}>{error?.message ?? data?.says}</p>;
  return (
    <div className={styles.picture} aria-busy={data === undefined}>
      {data?.svg && (
        // biome-ignore lint/performance/noImgElement: it is here already, and nothing about it can be made smaller.
        <img
          src={`data:image/svg+xml,${encodeURIComponent(data.svg)}`}
          alt={`Map: ${title}. The table below has its numbers.`}
        />
      )}
    </div>
  );
}
