/** What became of a file, in words. The numbers always add up: read = accepted + duplicate + other kinds + refused. */

import { formatCount } from "@/components/ui/format";
import type { CaptureAnswer, Progress } from "@/lib/questions/answers";

type Report = CaptureAnswer["fileReports"][number];
type Counts = Pick<Report, "read" | "accepted" | "duplicate" | "otherKinds" | "refused">;

export function countsText({ read, accepted, duplicate, otherKinds, refused }: Counts): string {
  return [
    `read ${formatCount(read)}`,
    `accepted ${formatCount(accepted)}`,
    `duplicate ${formatCount(duplicate)}`,
    `other kinds ${formatCount(otherKinds)}`,
    `refused ${formatCount(refused)}`,
  ].join(", ");
}

/** Sum over all files. */
export function addCounts(reports: readonly Counts[]): Counts {
  return reports.reduce(
    (sum, report) => ({
      read: sum.read + report.read,
      accepted: sum.accepted + report.accepted,
      duplicate: sum.duplicate + report.duplicate,
      otherKinds: sum.otherKinds + report.otherKinds,
      refused: sum.refused + report.refused,
    }),
    { read: 0, accepted: 0, duplicate: 0, otherKinds: 0, refused: 0 },
  );
}

export function outcomeOf(report: Counts & Pick<Report, "state" | "failure">): string {
  const counts = countsText(report);
  switch (report.state) {
    case "done":
      return `Records: ${counts}.`;
    case "nothing-new":
      return `Nothing new: every record was there already. Records: ${counts}.`;
    case "cancelled":
      return "Cancelled. Nothing of this file was kept.";
    case "failed":
      return `Could not be read: ${report.failure?.message ?? "the reason is not known."} Nothing of this file was kept.`;
    case "interrupted":
      return `Interrupted${report.failure === null ? "" : `: ${report.failure.message}`}. Nothing of this file was kept; add it again.`;
    default:
      return `${stateText(report.state)} Records so far: ${counts}.`;
  }
}

/** What is being done with a file now. */
export function stateText(state: Progress["state"]): string {
  switch (state) {
    case "receiving":
      return "Arriving.";
    case "waiting":
      return "Waiting for another file of this capture.";
    case "reading":
      return "Being read.";
    case "settling":
      return "Looking for duplicates.";
    case "done":
      return "Done.";
    case "nothing-new":
      return "Nothing new.";
    case "cancelled":
      return "Cancelled.";
    case "failed":
      return "Failed.";
    case "interrupted":
      return "Interrupted.";
  }
}
