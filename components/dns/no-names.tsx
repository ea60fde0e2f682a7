"use client";

import { useReport } from "@/components/frame/queries";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { formatQuantity } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { ScrollText } from "@/components/ui/scroll";
import shared from "@/components/ui/view.module.css";
import type { DnsAnswer } from "@/lib/questions/dns-answers";
import type { ReportAnswer } from "@/lib/questions/report/answer";
import { DNS_CELLS } from "@/lib/scope/dns-cells";
import { CausesTable } from "./causes-table";
import { Cell, flowsOf, type Place } from "./dns-links";
import styles from "./dns-view.module.css";
import { percentText } from "./dns-words";
import { lacksOf } from "./lacks";
import { useScopeTotal } from "./queries";

interface NoNamesProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
}

/** Packets to and from resolvers, which any log of flows can hold. */
const TO_RESOLVERS = "server-port:53";
const DROPPED_THERE = "server-port:53 drop:yes";

/** In the place of everything, when the scope holds no DNS message: why that is, what can be said all the same (who cannot reach a resolver, and why), and how to have names. */
export function NoDns({ captureId, scope }: NoNamesProps) {
  const place = { captureId, query: scope.query };
  const flows = useScopeTotal(captureId, scope, TO_RESOLVERS).data?.total;
  const dropped = useScopeTotal(captureId, scope, DROPPED_THERE).data?.total;
  const drops = dropped?.drops ?? 0;
  return (
    <>
      <div className={styles.none}>
        <div role="status">
          <p className={styles.noneTitle}>No DNS messages in this scope.</p>
          <p>
            Hubble writes questions and answers only for pods under a policy with a DNS rule, and only where
            the exporter asks for L7 records.
            {scope.query !== "" && " Without the filter or in a wider range there can be some."}
          </p>
        </div>
        {scope.query !== "" && (
          <Button onClick={() => scope.setTexts("", "", {})}>Show the whole capture</Button>
        )}
        {flows !== undefined && flows !== null && flows.records > 0 && (
          <p className={styles.sentence}>
            What can be said without them: packets to resolvers are there,{" "}
            <Link href={flowsOf(place, TO_RESOLVERS)}>
              {formatQuantity(flows.events, "event")} on port 53
            </Link>
            {drops > 0 ? (
              <>
                , <Link href={flowsOf(place, DROPPED_THERE)}>{formatQuantity(drops, "drop")}</Link> among
                them: a blocked resolver looks so. Names and codes are not known.
              </>
            ) : (
              ", none of them dropped. Names and codes are not known."
            )}
          </p>
        )}
      </div>
      {drops > 0 && <CausesTable captureId={captureId} scope={scope} />}
      <div className={styles.none}>
        <HowToHaveNames captureId={captureId} />
      </div>
    </>
  );
}

/** Above the numbers, when records hold no names: aggregated, masked, or rows of a table without them. */
export function NamesLeftOut({
  captureId,
  place,
  total,
}: {
  readonly captureId: string;
  readonly place: Place;
  readonly total: DnsAnswer["total"];
}) {
  const { nameless, queries, namelessResponses, responses } = total;
  const lacks = lacksOf(total);
  return (
    <div className={styles.names}>
      <p>
        {lacks.questions ? (
          <>
            {percentText(namelessResponses, responses)} of answers hold no name (
            <Cell
              place={place}
              count={namelessResponses}
              terms={[DNS_CELLS.namelessResponses]}
              says="responses"
            />
            ), and their questions are not in the log
          </>
        ) : (
          <>
            {percentText(nameless, queries)} of queries hold no name (
            <Cell place={place} count={nameless} terms={[DNS_CELLS.nameless]} says="queries" />)
          </>
        )}
        : which workload got which code can be said, for which name cannot.
      </p>
      <details>
        <summary>How to have names</summary>
        {lacks.successes && (
          <p>
            Every answer here has an error code: aggregation leaves code 0 out, so answers without an error
            can be missing, and no share of failures can be worked out.
          </p>
        )}
        <HowToHaveNames captureId={captureId} isLeftOut />
      </details>
    </div>
  );
}

const ABOUT_NAMES: readonly ReportAnswer["advice"][number]["title"][] = [
  "See DNS names and errors",
  "See single flows instead of aggregated records",
  "Log more on AKS",
];

interface HowToHaveNamesProps {
  readonly captureId: string;
  /** There are DNS records, without names. */
  readonly isLeftOut?: boolean;
}

function HowToHaveNames({ captureId, isLeftOut = false }: HowToHaveNamesProps) {
  const { data } = useReport(captureId);
  // A field mask leaves names out as well, where nothing is aggregated.
  const isMasked = isLeftOut && data?.aggregation === null;
  const titles = isMasked ? [...ABOUT_NAMES, "Export every flow with every member"] : ABOUT_NAMES;
  const advice = data?.advice.filter(({ title }) => titles.includes(title)) ?? [];
  return advice.map(({ title, why, code }) => (
    <section key={title} className={styles.snippet}>
      <h2 className={shared.count}>{title}</h2>
      <p>{why}</p>
      <CopyButton text={code} what={`the settings: ${title}`} caption="Copy" />
      <ScrollText className={styles.code}>{code}</ScrollText>
    </section>
  ));
}
