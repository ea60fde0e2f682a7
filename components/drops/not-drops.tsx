"use client";

import { Fragment, useRef } from "react";
import { flowsAddress } from "@/components/frame/flows-address";
import { formatInstantText } from "@/components/frame/instant-text";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { type DataColumn, DataTable } from "@/components/ui/data-table";
import { Empty } from "@/components/ui/empty";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { Pager } from "@/components/ui/pager";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import type { NotDropKind, NotDropsAnswer } from "@/lib/questions/answers-drops";
import { makeTerm } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";
import { policyTerm } from "./cause-links";
import { filterTerms, policyText } from "./drop-words";
import { Failed } from "./failed";
import { PAGE, useNotDrops } from "./queries";

type Row = NotDropsAnswer["rows"][number];

const WORDS = {
  audited: {
    says: "Policies in audit mode let these events pass. They would be dropped if the policies were enforced.",
    none: "No policy in audit mode matched in this scope.",
    hint: "Records with verdict AUDIT are listed here. They are no drops.",
  },
  "not-a-loss": {
    says: "These records have the verdict DROPPED, but nothing was lost: the datapath answered, copied or handed the packet on.",
    none: "No record of this scope was dropped without a loss.",
    hint: "IGMP and multicast that is handled, NAT that is not needed, and packets for the proxy are listed here.",
  },
} as const;

interface NotDropsProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  readonly kind: NotDropKind;
}

/** Audited events, or records that lost nothing: lists of their own, never mixed with drops. */
export function NotDrops({ captureId, scope, kind }: NotDropsProps) {
  const table = useRef<HTMLDivElement>(null);
  const skip = Number(scope.view.skip ?? 0);
  const { data, error, refetch } = useNotDrops(captureId, scope, kind, skip);
  if (data === undefined || scope.scope === undefined)
    return error === null ? (
      <p className={shared.loading}>Counting …</p>
    ) : (
      <Failed error={error} onRetry={refetch} />
    );
  const { says, none, hint } = WORDS[kind];
  if (data.total === 0)
    return (
      <Empty title={none} role="status">
        {hint}
      </Empty>
    );
  return (
    <>
      <p className={shared.note}>
        {formatQuantity(data.total, "event")}. {says}
      </p>
      <div ref={table}>
        <DataTable
          label={kind === "audited" ? "Audited events" : "Records that lost nothing"}
          columns={columnsOf(captureId, scope.scope, kind)}
          rows={data.rows}
          keyOf={(row) => row.filter}
        />
      </div>
      <Pager
        what="rows"
        skip={skip}
        shown={data.rows.length}
        all={data.rows.length + data.folded.rows}
        size={PAGE}
        top={table}
        onSkip={(next) => scope.setView({ skip: next === 0 ? null : String(next) })}
      />
    </>
  );
}

function columnsOf(captureId: string, scope: Scope, kind: NotDropKind): readonly DataColumn<Row>[] {
  const name = (key: string | null) => visible(key ?? "not known");
  const edge = ({ key }: Row) =>
    `${name(key.client)} to ${name(key.server)}${key.port === null ? "" : ` on ${key.port}`}`;
  return [
    { id: "edge", label: "Client and server", sortBy: edge, render: (row) => <bdi>{edge(row)}</bdi> },
    {
      id: "events",
      label: "Events",
      isNumber: true,
      sortBy: ({ events }) => events,
      render: ({ events, filter }) => (
        <Link href={flowsAddress(captureId, scope, ...filterTerms(filter))}>{formatCount(events)}</Link>
      ),
    },
    {
      id: "protocol",
      label: "Protocol",
      sortBy: ({ key }) => key.protocol,
      render: ({ key }) => name(key.protocol),
    },
    {
      id: "direction",
      label: "Direction",
      sortBy: ({ key }) => key.direction,
      render: ({ key }) => DIRECTIONS[key.direction] ?? "not known",
    },
    kind === "audited"
      ? {
          id: "policies",
          label: "Policy",
          render: ({ policies }) =>
            policies.length === 0
              ? "not named in these records"
              : policies.map((policy, at) => (
                  <Fragment key={policyText(policy)}>
                    {at > 0 && ", "}
                    <Link
                      href={flowsAddress(captureId, scope, AUDITED, policyTerm(policy))}
                      title="The audited events that name this policy"
                    >
                      <bdi>{policyText(policy)}</bdi>
                    </Link>
                  </Fragment>
                )),
        }
      : {
          id: "reason",
          label: "Reason",
          sortBy: ({ key }) => key.reason,
          render: ({ key, code }) => `${name(key.reason)}${code === null ? "" : ` ${code}`}`,
        },
    {
      id: "first",
      label: "First",
      sortBy: ({ first }) => first,
      render: ({ first }) => formatInstantText(first),
    },
    { id: "last", label: "Last", sortBy: ({ last }) => last, render: ({ last }) => formatInstantText(last) },
  ];
}

const AUDITED = makeTerm("verdict", [{ type: "enum", name: "AUDIT" }]);

const DIRECTIONS: Readonly<Record<string, string | undefined>> = { EGRESS: "egress", INGRESS: "ingress" };
