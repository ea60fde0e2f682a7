/** The numbers of a pin's scope: the head of every report. */

import { formatQuantity } from "@/lib/base/count";
import type { Answer } from "@/lib/questions/questions";
import { MEASURE_TERMS } from "@/lib/scope/edge-terms";
import { filterOf } from "../ask";
import type { Block, Figure } from "../block";

export function summaryBlock({
  meta,
  events,
  drops,
  dnsErrors,
  l7Errors,
  audited,
  records,
}: Answer<"summary">): Block {
  const figures: Figure[] = [
    figure("Events", events, records === events ? null : `in ${formatQuantity(records, "record")}`, ""),
    figure("Drops", drops, drops === null ? "not counted before the capture is settled" : null, "drop:yes"),
  ];
  if (dnsErrors !== null && dnsErrors > 0)
    figures.push(
      figure("DNS errors", dnsErrors, "attempts of search lists left out", filterOf(MEASURE_TERMS.dnsErrors)),
    );
  if (l7Errors !== null && l7Errors > 0)
    figures.push(figure("Failed requests", l7Errors, null, filterOf(MEASURE_TERMS.l7Errors)));
  if (audited > 0)
    figures.push(figure("Audited", audited, "a policy in audit mode would drop them", "verdict:AUDIT"));
  return { kind: "figures", look: "line", notes: meta.notes, figures };
}

export function figure(
  label: string,
  value: number | null,
  says: string | null = null,
  filter?: string,
): Figure {
  return { label, value, unit: "count", says, ...(filter !== undefined && { filter }) };
}
