"use client";

import type { ReactNode } from "react";
import { ApiError } from "@/components/frame/api";
import { NoFlows } from "@/components/frame/no-flows";
import { ZONE } from "@/components/frame/preferences";
import {
  isUnsettledAnswer,
  useAskAgain,
  useCapture,
  useIsUnsettled,
  useReport,
  useSummary,
} from "@/components/frame/queries";
import { wholeWindow, windowOf } from "@/components/frame/range";
import { Sentences } from "@/components/frame/sentences";
import { Unreadable } from "@/components/frame/unreadable";
import { type ScopeHandle, useScope } from "@/components/frame/use-scope";
import { viewAddress } from "@/components/frame/views";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { formatQuantity } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { useStored } from "@/components/ui/use-stored";
import { parseTime } from "@/lib/base/time";
import type { CaptureAnswer } from "@/lib/questions/answers";
import type { ReportAnswer } from "@/lib/questions/report/answer";
import { CausesList } from "./causes-list";
import { headline } from "./headline";
import { findOnset } from "./onset";
import { OnsetLine } from "./onset-line";
import styles from "./overview-view.module.css";
import { useCauses } from "./queries";
import { SidePanel } from "./side-panel";

/**
 * What is wrong in the scope, the worst first, and beside it what is usual, new and missing.
 *
 * Empty: says what was looked for and not found, or that the scope holds no flows. Loading: keeps its columns. Partial: says that causes come with the
 * end of the file. Failed: says why, with a way to try again. A link that cannot be read shows nothing.
 */
export function OverviewView({ captureId }: { readonly captureId: string }) {
  const scope = useScope();
  const capture = useCapture(captureId).data;
  const summary = useSummary(captureId, scope);
  const causes = useCauses(captureId, scope);
  const report = useReport(captureId);
  if (scope.scope === undefined) return <Unreadable what="answer" scope={scope} />;
  // Where nothing was looked through, that nothing wrong was found would say too much.
  const isEmpty = summary.data?.records === 0 && !summary.isPlaceholderData && !summary.data.meta.partial;
  if (capture !== undefined && capture.state === "ready" && (capture.flows === 0 || isEmpty))
    return <NoFlows capture={capture} scope={scope} />;
  const hasCauses = causes.data !== undefined || causes.error !== null;
  const hasReport = report.data !== undefined || report.error !== null;
  return (
    <div className={styles.view}>
      <div className={styles.main}>
        <Causes captureId={captureId} scope={scope} capture={capture} />
        {/* Below the causes: it is not to be read in one place and then to stand in another. */}
        {hasCauses && report.data !== undefined && <Quality captureId={captureId} report={report.data} />}
      </div>
      <SidePanel captureId={captureId} scope={scope} isPlaced={hasCauses && hasReport} />
    </div>
  );
}

interface CausesProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  readonly capture: CaptureAnswer | undefined;
}

function Causes({ captureId, scope, capture }: CausesProps) {
  const [zone] = useStored(ZONE);
  const isReadFirst = useIsUnsettled(captureId);
  const causes = useCauses(captureId, scope);
  const askAgain = useAskAgain(captureId);
  const summary = useSummary(captureId, scope).data;
  if (causes.data === undefined) {
    if (causes.error === null) return <h1 className={styles.headline}>Looking for causes …</h1>;
    return <Failed error={causes.error} onRetry={askAgain} />;
  }
  const { rows, total, noise, folded, bucketNs } = causes.data;
  const isUnsettled = isReadFirst || isUnsettledAnswer(causes.data);
  const span = { first: capture?.first ?? null, last: capture?.last ?? null };
  const onset = findOnset(rows, span);
  const whole = wholeWindow(instant(span.first), instant(span.last));
  return (
    <>
      <h1 className={styles.headline} aria-live="polite">
        {headline({ causes: total, noise }, { isUnsettled, isPartial: causes.data.meta.partial })}
      </h1>
      {scope.scope && onset && (
        <OnsetLine captureId={captureId} scope={scope.scope} onset={onset} causes={rows} zone={zone} />
      )}
      {total > 1 && (
        <p className={styles.note}>
          In this order: whether it ever worked, how many workloads it is about, how often it was tried.
        </p>
      )}
      {total === 0 && !causes.data.meta.partial && !isUnsettled && (
        <p className={styles.note}>
          Looked for: drops, failing DNS names, failing and slow requests, connections that are refused or
          never answered{summary === undefined ? "" : `, in ${formatQuantity(summary.events, "event")}`}. What
          the log does not hold cannot be found in it: see below.
        </p>
      )}
      {scope.scope && (
        <CausesList
          captureId={captureId}
          scope={scope.scope}
          causes={rows}
          onset={onset}
          capture={span}
          bucketNs={bucketNs}
          span={whole && windowOf(scope.scope, whole)}
          zone={zone}
        />
      )}
      {folded > 0 && <p className={styles.note}>And {folded} more: narrow the scope to see them.</p>}
    </>
  );
}

function instant(text: string | null): bigint | undefined {
  return text === null ? undefined : parseTime(text);
}

/** Warnings and notes of the report: what must not be concluded. */
function Quality({ captureId, report }: { readonly captureId: string; readonly report: ReportAnswer }) {
  return (
    <section className={styles.quality} aria-labelledby="overview-quality">
      <h2 id="overview-quality">How far to trust this capture</h2>
      <Sentences report={report} />
      <p>
        <Link href={viewAddress(captureId, "quality", "")}>Files, nodes, gaps and what is missing</Link>
      </p>
    </section>
  );
}

function Failed({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }): ReactNode {
  return (
    <Empty title={error.message} role="alert" actions={<Button onClick={onRetry}>Try again</Button>}>
      {error instanceof ApiError && error.hint}
    </Empty>
  );
}
