"use client";

import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import type { CaptureInfo } from "@/lib/questions/answers";
import styles from "./capture-list.module.css";
import { CaptureRow } from "./capture-row";
import type { Upload } from "./uploads";
import { useUploads } from "./use-uploads";

interface CaptureListProps {
  /** Absent until the server has answered. */
  readonly captures: readonly CaptureInfo[] | undefined;
  readonly error: Error | null;
  readonly onRetry: () => void;
}

const COLUMNS = ["Name", "Span", "Events", "Drops", "Nodes", "Size", "Added"] as const;
const NUMBERS: ReadonlySet<string> = new Set(["Events", "Drops", "Nodes", "Size"]);

/** All captures, newest first, each with what is being done to it. */
export function CaptureList({ captures, error, onRetry }: CaptureListProps) {
  const uploads = useUploads();
  const followed = followedOf(captures ?? [], uploads);
  return (
    <section aria-labelledby="captures-title">
      <h2 id="captures-title" className={styles.title}>
        Captures
      </h2>
      {captures === undefined && error === null && <p className={styles.wait}>Looking for captures …</p>}
      {error !== null && captures === undefined && (
        <Empty title={error.message} role="alert" actions={<Button onClick={onRetry}>Try again</Button>}>
          The captures themselves are safe in the data folder.
        </Empty>
      )}
      {captures?.length === 0 && (
        <p className={styles.wait}>
          No captures yet. Drop a log on this page, or open the sample capture to look round.
        </p>
      )}
      {captures !== undefined && captures.length > 0 && (
        <div className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                {COLUMNS.map((column) => (
                  <th key={column} scope="col" className={NUMBERS.has(column) ? styles.number : undefined}>
                    {column}
                  </th>
                ))}
                <th scope="col">
                  <span className="spoken">Actions</span>
                </th>
              </tr>
            </thead>
            {captures.map((capture) => (
              <CaptureRow
                key={capture.id}
                capture={capture}
                uploads={uploads.filter(({ captureId }) => captureId === capture.id)}
                isFollowed={followed.has(capture.id)}
              />
            ))}
          </table>
        </div>
      )}
    </section>
  );
}

/** A browser holds six connections to a server, and each stream keeps one: so no more than these are followed. */
const FOLLOWED = 2;

/** Those that this page sends files to come first. */
function followedOf(captures: readonly CaptureInfo[], uploads: readonly Upload[]): ReadonlySet<string> {
  const sending = uploads.map(({ captureId }) => captureId);
  const reading = captures.filter(({ state }) => state === "reading").map(({ id }) => id);
  return new Set([...new Set([...sending, ...reading])].slice(0, FOLLOWED));
}
