"use client";

import { type DataColumn, DataTable } from "@/components/ui/data-table";
import { Dialog } from "@/components/ui/dialog";
import shared from "@/components/ui/view.module.css";
import { allDropReasons, DROP_GROUPS, type DropReasonInfo } from "@/lib/flow/drop-reasons";
import { DROP_REASON, dropReasonText } from "@/lib/flow/enums";
import styles from "./drops-view.module.css";

/** Why Cilium drops a packet, by code: the table of docs/drop-reasons.md. */
export function ReasonCatalogue({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title="Drop reasons of Cilium" wide>
      <p className={shared.note}>
        What is not a loss carries the verdict DROPPED all the same. A request that an L7 rule refused has no
        code.
      </p>
      <DataTable
        label="Drop reasons"
        columns={COLUMNS}
        rows={allDropReasons()}
        keyOf={({ code }) => String(code)}
      />
    </Dialog>
  );
}

const COLUMNS: readonly DataColumn<DropReasonInfo>[] = [
  {
    id: "reason",
    label: "Reason",
    sortBy: ({ code }) => dropReasonText(code) ?? "",
    render: ({ code }) => (
      <span className={styles.reason}>
        {dropReasonText(code)} <span className={shared.quiet}>{DROP_REASON.nameOf.get(code)}</span>
      </span>
    ),
  },
  { id: "code", label: "Code", isNumber: true, sortBy: ({ code }) => code, render: ({ code }) => code },
  {
    id: "group",
    label: "Kind",
    sortBy: ({ group }) => DROP_GROUPS[group],
    render: ({ group }) => DROP_GROUPS[group],
  },
  { id: "says", label: "Means", render: ({ says }) => says },
  { id: "usually", label: "Usually", render: ({ usually }) => usually },
  { id: "next", label: "Next", render: ({ next }) => next },
];
