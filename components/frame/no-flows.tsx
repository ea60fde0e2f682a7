"use client";

import { Banner } from "@/components/ui/banner";
import { Button, linkButton } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { formatCount } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import type { CaptureAnswer } from "@/lib/questions/answers";
import { EMPTY_FILTER } from "@/lib/scope/filter";
import { flowsSoFar } from "./queries";
import type { ScopeHandle } from "./use-scope";
import { viewAddress } from "./views";

interface NoFlowsProps {
  readonly capture: CaptureAnswer;
  readonly scope: ScopeHandle;
}

/** Says why there are no rows, and nothing to count, and the way out. */
export function NoFlows({ capture, scope }: NoFlowsProps) {
  if (flowsSoFar(capture) === 0) return <EmptyCapture capture={capture} />;
  return (
    <Empty
      title={capture.state === "reading" ? "No flow matches so far." : NO_FLOW}
      role="status"
      actions={<WaysOut scope={scope} />}
    >
      {reasonText(capture, scope)}
    </Empty>
  );
}

/** The same above a view that has its own words for what it does not find. */
export function NoFlowsBanner({ capture, scope }: NoFlowsProps) {
  return (
    <Banner tone="info" role="status" actions={<WaysOut scope={scope} />}>
      {NO_FLOW} {reasonText(capture, scope)}
    </Banner>
  );
}

const NO_FLOW = "No flow matches.";

function WaysOut({ scope }: Pick<NoFlowsProps, "scope">) {
  const { hasTerms, hasRange } = narrowedBy(scope);
  return (
    <>
      {hasTerms && <Button onClick={() => scope.setFilter(EMPTY_FILTER)}>Remove the filter</Button>}
      {hasRange && <Button onClick={() => scope.setRange(undefined)}>Show the whole time range</Button>}
    </>
  );
}

function narrowedBy({ scope }: ScopeHandle) {
  return {
    hasTerms: scope !== undefined && scope.filter.terms.length > 0,
    hasRange: scope?.from !== undefined || scope?.to !== undefined,
  };
}

function reasonText(capture: CaptureAnswer, scope: ScopeHandle): string {
  const { hasTerms, hasRange } = narrowedBy(scope);
  const held = `The capture holds ${formatCount(flowsSoFar(capture))} flows.`;
  if (hasTerms && hasRange)
    return `${held} The filter and the time range together leave none. A term can be switched off on its chip.`;
  if (hasTerms) return `${held} The filter leaves none. A term can be switched off on its chip.`;
  return hasRange ? `${held} None lies in the time range.` : held;
}

function EmptyCapture({ capture }: { readonly capture: CaptureAnswer }) {
  if (capture.state === "reading") {
    return (
      <Empty title="The first flows are on their way." role="status">
        A file is being read. Rows appear here as soon as the first are in.
      </Empty>
    );
  }
  const refused = capture.fileReports.reduce((sum, report) => sum + report.refused, 0);
  return (
    <Empty
      title="This capture holds no flows."
      role="status"
      actions={
        <>
          <Link href="/" className={linkButton("plain")}>
            All captures
          </Link>
          <Link href={viewAddress(capture.id, "quality", "")} className={linkButton("plain")}>
            Quality
          </Link>
        </>
      }
    >
      {emptyReason(capture.fileReports.length, refused)}
    </Empty>
  );
}

function emptyReason(files: number, refused: number): string {
  if (files === 0)
    return "No file has been added to it. Files are added from its row in the list of captures.";
  if (refused > 0) return "Its records were refused; Quality lists the reasons.";
  return "Its files hold no flow records.";
}
