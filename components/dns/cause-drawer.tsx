"use client";

import { formatInstantText } from "@/components/frame/instant-text";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Drawer, DrawerPart } from "@/components/ui/drawer";
import { formatCount, formatSpan } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { ScrollText } from "@/components/ui/scroll";
import { Sentence } from "@/components/ui/sentence";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import { Waiting } from "@/components/ui/waiting";
import { type DnsCauseRow, isNameless, kindText, unitText } from "./cause-words";
import { CauseFlows } from "./causes-table";
import { dropsOf, flowsOf, type Place } from "./dns-links";
import styles from "./dns-view.module.css";
import { type DnsBy, keyText } from "./dns-words";
import { Failed } from "./failed";
import { useDns, useDnsCauses } from "./queries";

interface CauseDrawerProps {
  readonly captureId: string;
  readonly causeId: string;
  readonly scope: ScopeHandle;
  readonly onClose: () => void;
}

/** One cause explained: what happens, to whom, since when, and what to do. */
export function CauseDrawer({ captureId, causeId, scope, onClose }: CauseDrawerProps) {
  const { data, error, refetch } = useDnsCauses(captureId, scope);
  const row = data?.rows.find((one) => one.causeId === causeId);
  const title = row === undefined ? "What is wrong" : kindText(row);
  return (
    <Drawer title={title} label="Explanation of the cause" closeLabel="Close the cause" onClose={onClose}>
      {data === undefined && error !== null && <Failed error={error} onRetry={() => refetch()} />}
      {data !== undefined && row === undefined && (
        <DrawerPart title="Not here">
          <p>
            The scope holds nothing of this cause. With a wider range or without the filter it can be there.
          </p>
        </DrawerPart>
      )}
      {row !== undefined && <Explained captureId={captureId} scope={scope} row={row} />}
    </Drawer>
  );
}

interface ExplainedProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  readonly row: DnsCauseRow;
}

function Explained({ captureId, scope, row }: ExplainedProps) {
  const place = { captureId, query: scope.query };
  const { details, evidence, remedy, rhythmNs } = row;
  return (
    <div className={styles.explained}>
      <DrawerPart title="What happens">
        <p>{visible(row.sentence)}</p>
        <p>
          <CauseFlows place={place} row={row} />, first {formatInstantText(row.first)}, last{" "}
          {formatInstantText(row.last)}
          {rhythmNs !== null && `, every ${formatSpan(BigInt(rhythmNs))}`}.
        </p>
        {details.map((detail) => (
          <p key={detail}>{visible(detail)}</p>
        ))}
        {evidence.length > 0 && (
          <ul className={styles.evidence}>
            {evidence.map(({ says, count, unit, filter }) => (
              <li key={filter}>
                {visible(says)}:{" "}
                <Link href={flowsOf(place, filter)}>
                  {formatCount(count)} {unitText({ unit, count })}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </DrawerPart>
      {row.class !== "noise" && !isMixed(row) && (
        <DrawerPart title="Did it ever work">
          <p>{workedText(row)}</p>
        </DrawerPart>
      )}
      <DrawerPart title="What to do">
        <p>
          <Sentence text={remedy.text} />
        </p>
        {row.type === "search-list" && (
          <Button
            small
            onClick={() =>
              scope.setView({ part: "search-lists", cause: null, by: null, find: null, open: null })
            }
          >
            What each setting saves
          </Button>
        )}
        {row.type === "dropped-resolver" && (
          <p>
            <Link href={dropsOf(place, row.causeId)}>All about it in Drops</Link>
          </p>
        )}
        {remedy.yaml !== null && (
          <div className={styles.snippet}>
            <CopyButton text={remedy.yaml} what="the piece of YAML" caption="Copy" />
            <ScrollText className={styles.code}>{remedy.yaml}</ScrollText>
          </div>
        )}
      </DrawerPart>
      {row.unit !== "drops" && (
        <DrawerPart title="For whom, by whom, where">
          {PARTS.map(([by, title]) => (
            <Share
              key={by}
              by={by}
              title={title}
              captureId={captureId}
              scope={scope}
              row={row}
              place={place}
            />
          ))}
        </DrawerPart>
      )}
    </div>
  );
}

/** Failures among answers that were good, in no order that says more: the sentence above counts both. */
function isMixed({ class: kind, worked }: DnsCauseRow): boolean {
  return kind === "degraded" && worked.before === null && worked.since === null;
}

function workedText({ type, subject, worked: { before, since } }: DnsCauseRow): string {
  if (isNameless({ type, subject })) return "Not known: the log left the names out.";
  if (before === null && since === null) return "In this capture it was not seen to work, before or since.";
  if (since === null) return `It worked until ${formatInstantText(before)}, and has not since.`;
  if (before === null)
    return `It was not seen to work before the first failure, and worked at ${formatInstantText(since)}.`;
  return `It works now and then: at ${formatInstantText(before)} before the first failure, at ${formatInstantText(since)} behind it.`;
}

const PARTS: readonly (readonly [DnsBy, string])[] = [
  ["client", "Workloads"],
  ["root", "Names"],
  ["qtype", "Query types"],
  ["server", "Resolvers"],
  ["node", "Nodes"],
];

/** Values listed; the view's tables have all of them. */
const LISTED = 6;

interface ShareProps extends ExplainedProps {
  readonly by: DnsBy;
  readonly title: string;
  readonly place: Place;
}

function Share({ by, title, captureId, scope, row, place }: ShareProps) {
  const { data, error } = useDns(captureId, scope, by, row.filter);
  if (data === undefined)
    return (
      <p>
        <span className={shared.quiet}>{title}: </span>
        {error === null ? <Waiting /> : error.message}
      </p>
    );
  const isAnswers = row.unit === "responses";
  const rows = data.rows
    .map((one) => ({ ...one, n: isAnswers ? one.responses : one.queries }))
    .filter(({ n }) => n > 0)
    .sort((a, b) => b.n - a.n);
  const more = rows.length - LISTED + (data.folded?.rows ?? 0);
  return (
    <p>
      <span className={shared.quiet}>{title}: </span>
      {rows.slice(0, LISTED).map((one, at) => (
        <span key={one.filter}>
          {at > 0 && ", "}
          <bdi>{keyText(one.key)}</bdi> (
          <Link href={flowsOf(place, row.filter, one.filter)}>{formatCount(one.n)}</Link>)
        </span>
      ))}
      {more > 0 && ` and ${formatCount(more)} more`}
    </p>
  );
}
