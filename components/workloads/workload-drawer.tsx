"use client";

import Link from "next/link";
import { actorNames } from "@/components/frame/actor-names";
import { flowsAddress } from "@/components/frame/flows-address";
import { formatInstantText } from "@/components/frame/instant-text";
import { type DataColumn, DataTable } from "@/components/ui/data-table";
import { Drawer, DrawerPart } from "@/components/ui/drawer";
import { formatCount, formatShare } from "@/components/ui/format";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import type { WorkloadRow } from "@/lib/questions/answers-workloads";
import type { Term } from "@/lib/scope/filter";
import type { ConnectionWord } from "@/lib/scope/outcome-kinds";
import type { WorkloadPartProps } from "./part";
import {
  connectionRowTerms,
  connectionTerms,
  countedTerms,
  dropsOf,
  eitherEnd,
  requestsOf,
} from "./workload-links";
import { REASON_LABELS, scoreText } from "./workload-words";

interface WorkloadDrawerProps extends WorkloadPartProps {
  readonly row: WorkloadRow;
  readonly onClose: () => void;
}

type Pod = WorkloadRow["pods"][number];

/** One workload: its score with the evidence, its pods, and how connections to it fare. */
export function WorkloadDrawer({ row, onClose, ...part }: WorkloadDrawerProps) {
  const name = actorNames([row.workload, ...row.pods.map(({ pod }) => pod)]);
  return (
    <Drawer
      title={<bdi>{name(row.workload)}</bdi>}
      label="Pods and connections of the workload"
      closeLabel="Close the workload"
      onClose={onClose}
    >
      <DrawerPart title="How even">
        <p>
          Imbalance {scoreText(row)}
          {row.variation !== null && ` (Gini), coefficient of variation ${row.variation.toFixed(2)}`}.
        </p>
        <p>
          Likely reason: {REASON_LABELS[row.likelyReason]}. {row.evidence}
        </p>
      </DrawerPart>
      <DrawerPart title="Pods">
        {row.pods.length === 0 ? (
          <p>The records name none: aggregation and field masks leave pod names out.</p>
        ) : (
          <DataTable
            label="Pods of the workload"
            columns={podColumns(part, row, name)}
            rows={row.pods}
            keyOf={({ pod }) => pod}
          />
        )}
      </DrawerPart>
      <DrawerPart title="TCP connections to it">
        <Fates {...part} row={row} />
      </DrawerPart>
    </Drawer>
  );
}

function podColumns(
  { captureId, scope }: WorkloadPartProps,
  row: WorkloadRow,
  name: (key: string | null) => string,
): DataColumn<Pod>[] {
  const all = row.pods.reduce((sum, { events }) => sum + events, 0);
  const count = (
    id: string,
    label: string,
    of: (pod: Pod) => number,
    terms: (pod: Pod) => readonly Term[],
  ) => ({
    ...{ id, label, isNumber: true, sortBy: of },
    render: (pod: Pod) =>
      of(pod) === 0 ? (
        <span className={shared.quiet}>0</span>
      ) : (
        <Link href={flowsAddress(captureId, scope, ...terms(pod))}>{formatCount(of(pod))}</Link>
      ),
  });
  return [
    {
      id: "pod",
      label: "Pod",
      sortBy: ({ pod }) => pod,
      render: ({ pod, node }) => (
        <>
          <bdi>{name(pod)}</bdi>
          <div className={shared.quiet}>{node === null ? "node not known" : visible(node)}</div>
        </>
      ),
    },
    count(
      "events",
      "Events",
      ({ events }) => events,
      ({ pod }) => eitherEnd("pod", pod),
    ),
    {
      id: "share",
      label: "Share",
      isNumber: true,
      sortBy: ({ events }) => events,
      render: ({ events }) => formatShare(events, all),
    },
    count(
      "requests",
      "Requests",
      ({ requests }) => requests,
      ({ pod }) => requestsOf(pod),
    ),
    count(
      "drops",
      "Drops",
      ({ drops }) => drops,
      ({ pod }) => dropsOf("pod", pod),
    ),
    count(
      "attempts",
      "TCP attempts",
      ({ attempts }) => attempts,
      ({ pod }) => [...connectionRowTerms({ pod }), ...countedTerms("attempts")],
    ),
    {
      id: "first",
      label: "Seen",
      sortBy: ({ first }) => first,
      render: ({ first, last }) => (
        <span className={shared.quiet}>
          {formatInstantText(first)} to {formatInstantText(last).slice(-8)}
        </span>
      ),
    },
  ];
}

const FATES: readonly (readonly [
  label: string,
  of: keyof WorkloadRow & ("refused" | "rst" | "fin"),
  words: readonly ConnectionWord[],
])[] = [
  ["refused", "refused", ["refused"]],
  ["reset", "rst", ["reset-by-client", "reset-by-server"]],
  ["ended with a FIN", "fin", ["closed"]],
];

function Fates({ captureId, scope, row }: WorkloadPartProps & { readonly row: WorkloadRow }) {
  const server = connectionRowTerms({ server: row.workload });
  const link = (count: number, terms: readonly Term[]) =>
    count === 0 ? (
      "0"
    ) : (
      <Link className={shared.inText} href={flowsAddress(captureId, scope, ...server, ...terms)}>
        {formatCount(count)}
      </Link>
    );
  return (
    <p>
      {link(row.syn, countedTerms("attempts"))} attempts, {link(row.unanswered, countedTerms("unanswered"))}{" "}
      of them unanswered
      {FATES.map(([label, of, words]) => (
        <span key={label}>
          , {link(row[of], connectionTerms(...words))} {label}
        </span>
      ))}
      .
    </p>
  );
}
