"use client";

import { actorNames } from "@/components/frame/actor-names";
import { flowsAddress } from "@/components/frame/flows-address";
import { formatInstantText } from "@/components/frame/instant-text";
import { CountLink } from "@/components/ui/count-link";
import { type DataColumn, DataTable } from "@/components/ui/data-table";
import { Drawer, DrawerPart } from "@/components/ui/drawer";
import { formatShare } from "@/components/ui/format";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import type { WorkloadRow } from "@/lib/questions/answers-workloads";
import { connectionTerms } from "@/lib/scope/connection-terms";
import type { Term } from "@/lib/scope/filter";
import type { ConnectionWord } from "@/lib/scope/outcome-kinds";
import type { WorkloadPartProps } from "./part";
import { connectionRowTerms, countedTerms, dropsOf, eitherEnd, requestsOf } from "./workload-links";
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
  const count = (
    id: "events" | "requests" | "drops" | "attempts",
    label: string,
    terms: (pod: Pod) => readonly Term[],
  ): DataColumn<Pod> => {
    const all = row.pods.reduce((sum, pod) => sum + (pod[id] ?? 0), 0);
    return {
      ...{ id, label, isNumber: true, sortBy: (pod) => pod[id] },
      render: (pod) => (
        <>
          <CountLink count={pod[id]} href={flowsAddress(captureId, scope, ...terms(pod))} />
          {all > 0 && <div className={shared.quiet}>{formatShare(pod[id] ?? 0, all)}</div>}
        </>
      ),
    };
  };
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
    count("events", "Events", ({ pod }) => eitherEnd("pod", pod)),
    count("requests", "Requests", ({ pod }) => requestsOf(pod)),
    count("drops", "Drops", ({ pod }) => dropsOf("pod", pod)),
    count("attempts", "TCP attempts", ({ pod }) => [
      ...connectionRowTerms({ pod }),
      ...countedTerms("attempts"),
    ]),
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
  if (row.syn === null)
    return <p>Not knowable: no record of the scope has the ports by which connections are told apart.</p>;
  const link = (count: number | null, terms: readonly Term[]) => (
    <CountLink isInText count={count} href={flowsAddress(captureId, scope, ...server, ...terms)} />
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
