"use client";

import { actorNames } from "@/components/frame/actor-names";
import { flowsAddress } from "@/components/frame/flows-address";
import { CountLink } from "@/components/ui/count-link";
import { type DataColumn, DataTable } from "@/components/ui/data-table";
import { Empty } from "@/components/ui/empty";
import { formatQuantity } from "@/components/ui/format";
import { later } from "@/components/ui/later";
import { useHotkeys } from "@/components/ui/use-hotkeys";
import shared from "@/components/ui/view.module.css";
import type { WorkloadRow, WorkloadsAnswer } from "@/lib/questions/answers-workloads";
import type { Term } from "@/lib/scope/filter";
import { Asked } from "./asked";
import type { WorkloadPartProps } from "./part";
import { PodBars } from "./pod-bars";
import { useWorkloads } from "./queries";
import { connectionRowTerms, countedTerms, dropsOf, eitherEnd } from "./workload-links";
import { REASON_LABELS, scoreText } from "./workload-words";
import styles from "./workloads-view.module.css";

const WorkloadDrawer = later(() => import("./workload-drawer").then((module) => module.WorkloadDrawer));

/** Workloads by how unevenly their pods are loaded, with the likely reason. */
export function Balance(part: WorkloadPartProps) {
  const { captureId, handle } = part;
  const asked = useWorkloads(captureId, handle);
  return (
    <Asked asked={asked} meanwhile="Counting events by pod …">
      {(answer) => <Table {...part} answer={answer} />}
    </Asked>
  );
}

function Table({ answer, ...part }: WorkloadPartProps & { readonly answer: WorkloadsAnswer }) {
  const { handle } = part;
  useHotkeys({ Escape: () => (handle.view.open === undefined ? false : handle.setView({ open: null })) });
  if (answer.rows.length === 0)
    return (
      <Empty title="No workloads in this scope." role="status">
        The records of the scope name no pods and no workloads.
      </Empty>
    );
  const name = actorNames(answer.rows.map(({ workload }) => workload));
  const open = answer.rows.find(({ workload }) => workload === handle.view.open);
  return (
    <div className={styles.beside}>
      <div className={styles.list}>
        <p className={shared.note}>
          The score is the Gini coefficient of the pods' flow events: 0 is even, 1 is all at one pod; from
          0.25 on it is called uneven. Below 30 events a pod there is none. An event counts for the pods at
          both of its ends.
        </p>
        {answer.meta.notes.map((note) => (
          <p key={note} className={shared.note}>
            {note}
          </p>
        ))}
        <DataTable
          label="Workloads by balance"
          columns={columns(part, name)}
          rows={answer.rows}
          keyOf={({ workload }) => workload}
          isOpen={(row) => row === open}
          onOpen={({ workload }) => handle.setView({ open: workload })}
        />
        {answer.folded.rows > 0 && (
          <p className={shared.note}>
            And {formatQuantity(answer.folded.rows, "more workload")}: narrow the scope to see them.
          </p>
        )}
      </div>
      {open !== undefined && (
        <WorkloadDrawer {...part} row={open} onClose={() => handle.setView({ open: null })} />
      )}
    </div>
  );
}

type Column = DataColumn<WorkloadRow>;

function columns(part: WorkloadPartProps, name: (key: string | null) => string): Column[] {
  return [
    {
      id: "workload",
      label: "Workload",
      sortBy: ({ workload }) => workload,
      render: ({ workload }) => (
        <button type="button" className={shared.open} onClick={() => part.handle.setView({ open: workload })}>
          <bdi>{name(workload)}</bdi>
        </button>
      ),
    },
    {
      id: "score",
      label: "Imbalance",
      title: "Gini coefficient of the pods' events; the coefficient of variation stands beside it",
      isNumber: true,
      sortBy: ({ imbalance }) => imbalance,
      render: (row) =>
        row.imbalance === null ? (
          <span className={shared.quiet}>{scoreText(row)}</span>
        ) : (
          <span title={`Coefficient of variation ${row.variation?.toFixed(2)}`}>
            <b>{scoreText(row)}</b> <span className={shared.quiet}>cv {row.variation?.toFixed(2)}</span>
          </span>
        ),
    },
    { id: "pods", label: "Share of each pod", render: ({ pods }) => <PodBars pods={pods} /> },
    {
      id: "reason",
      label: "Likely reason",
      sortBy: ({ likelyReason }) => likelyReason,
      render: ({ likelyReason, evidence }) => (
        <>
          <span
            className={
              likelyReason === "not knowable here" || likelyReason === "even" ? shared.quiet : undefined
            }
          >
            {REASON_LABELS[likelyReason]}
          </span>
          {evidence !== null && <div className={styles.evidence}>{evidence}</div>}
        </>
      ),
    },
    countColumn(
      part,
      "events",
      "Events",
      ({ events }) => events,
      ({ workload }) => eitherEnd("workload", workload),
    ),
    countColumn(
      part,
      "drops",
      "Drops",
      ({ drops }) => drops,
      ({ workload }) => dropsOf("workload", workload),
    ),
    countColumn(
      part,
      "syn",
      "TCP attempts",
      ({ syn }) => syn,
      ({ workload }) => [...connectionRowTerms({ server: workload }), ...countedTerms("attempts")],
    ),
    countColumn(
      part,
      "unanswered",
      "Unanswered",
      ({ unanswered }) => unanswered,
      ({ workload }) => [...connectionRowTerms({ server: workload }), ...countedTerms("unanswered")],
    ),
  ];
}

function countColumn(
  { captureId, scope }: WorkloadPartProps,
  id: string,
  label: string,
  of: (row: WorkloadRow) => number | null,
  terms: (row: WorkloadRow) => readonly Term[],
): Column {
  return {
    ...{ id, label, isNumber: true, sortBy: of },
    render: (row) => <CountLink count={of(row)} href={flowsAddress(captureId, scope, ...terms(row))} />,
  };
}
