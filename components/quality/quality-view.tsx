"use client";

import { useReport } from "@/components/frame/queries";
import { Sentences } from "@/components/frame/sentences";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { AdviceList } from "./advice-list";
import { FilesTable } from "./files-table";
import { GapsTable } from "./gaps-table";
import { MissingTable } from "./missing-table";
import { NodesTable } from "./nodes-table";
import styles from "./quality-view.module.css";

/**
 * What arrived, what was lost or left out, and what cannot be concluded from it. About the whole capture,
 * whatever the filter: a filter does not change what is missing.
 *
 * Empty: says that there are no flows. Loading: keeps still. Failed: says why, with a way to try again.
 */
export function QualityView({ captureId }: { readonly captureId: string }) {
  const { data, error, refetch } = useReport(captureId);
  if (data === undefined) {
    if (error === null) return <p className={styles.loading}>Reading the report of the whole capture…</p>;
    return (
      <Empty
        title={error.message}
        role="alert"
        actions={<Button onClick={() => refetch()}>Try again</Button>}
      />
    );
  }
  return (
    <div className={styles.view}>
      <section aria-labelledby="quality-said" className={styles.section}>
        <h1 id="quality-said">What this capture can tell, and what not</h1>
        <p className={styles.quiet}>About the whole capture: the filter does not change this page.</p>
        <Sentences report={data} />
      </section>
      <section aria-labelledby="quality-files" className={styles.section}>
        <h2 id="quality-files">Files</h2>
        <FilesTable captureId={captureId} report={data} />
      </section>
      <section aria-labelledby="quality-nodes" className={styles.section}>
        <h2 id="quality-nodes">Nodes</h2>
        <NodesTable captureId={captureId} report={data} />
      </section>
      <section aria-labelledby="quality-gaps" className={styles.section}>
        <h2 id="quality-gaps">Gaps</h2>
        <GapsTable captureId={captureId} report={data} />
      </section>
      {data.missing.length > 1 && (
        <section aria-labelledby="quality-missing" className={styles.section}>
          <h2 id="quality-missing">Members that no flow has</h2>
          <MissingTable report={data} />
        </section>
      )}
      {data.advice.length > 0 && (
        <section aria-labelledby="quality-advice" className={styles.section}>
          <h2 id="quality-advice">To see more, capture it like this</h2>
          <AdviceList advice={data.advice} />
        </section>
      )}
    </div>
  );
}
