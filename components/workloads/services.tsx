"use client";

import { actorNames } from "@/components/frame/actor-names";
import { flowsAddress } from "@/components/frame/flows-address";
import { formatInstantText } from "@/components/frame/instant-text";
import { CountLink } from "@/components/ui/count-link";
import { type DataColumn, DataTable } from "@/components/ui/data-table";
import { Empty } from "@/components/ui/empty";
import { formatQuantity, formatShare } from "@/components/ui/format";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import type { ServicesAnswer } from "@/lib/questions/answers-workloads";
import type { Term } from "@/lib/scope/filter";
import { Asked } from "./asked";
import type { WorkloadPartProps } from "./part";
import { useServices } from "./queries";
import { backendTerms, noBackendTerms, serviceTerms, translatedTerms } from "./workload-links";

type Row = ServicesAnswer["rows"][number];
const BACKENDS = 5;

/** Services that records name, the pods behind them, and drops because there was none. */
export function Services(part: WorkloadPartProps) {
  const { captureId, handle } = part;
  const asked = useServices(captureId, handle);
  return (
    <Asked asked={asked} meanwhile="Counting events by service …">
      {({ rows, folded }) =>
        rows.length === 0 ? (
          <Empty title="No record of the scope names a service." role="status">
            Cilium names the service where a packet still carries its address, mostly before translation
            (from-endpoint, trace-sock) and in drops. Exports without these events, and aggregated records,
            name none.
          </Empty>
        ) : (
          <>
            <p className={shared.note}>
              Events of flows that name the service on either side. A packet that finds no backend is dropped
              with reason 158 (service backend not found); such drops often name the address only.
            </p>
            <p className={shared.note}>
              Traffic per backend is exact where a record names both the service and the pod, and stands under
              “Who answered”. Other records name one of them: the service before its address is translated,
              the pod after that. How much of a pod's traffic came through the service is not in them. “Led
              to” says which pods sockets were led to that asked for it, and how often.
            </p>
            <DataTable
              label="Services"
              columns={columns(part, rows)}
              rows={rows}
              keyOf={({ namespace, name, address }) => JSON.stringify([namespace, name, address])}
            />
            {folded.rows > 0 && (
              <p className={shared.note}>
                And {formatQuantity(folded.rows, "more service")} with{" "}
                {formatQuantity(folded.events, "event")}: narrow the scope to see them.
              </p>
            )}
          </>
        )
      }
    </Asked>
  );
}

function columns(part: WorkloadPartProps, rows: readonly Row[]): DataColumn<Row>[] {
  const name = actorNames(
    rows.flatMap(({ backends, translatedTo }) => [...backends, ...translatedTo].map(({ pod }) => pod)),
  );
  return [
    {
      id: "service",
      label: "Service",
      sortBy: titleOf,
      render: (row) => (
        <>
          <bdi>{titleOf(row)}</bdi>
          {row.name === null && <div className={shared.quiet}>the record names no service</div>}
        </>
      ),
    },
    {
      id: "noBackend",
      label: "Drops without backend",
      title: "Reason 158: the service had no ready backend",
      isNumber: true,
      sortBy: ({ noBackend }) => noBackend,
      render: (row) => <Count {...part} count={row.noBackend} terms={noBackendTerms(row)} />,
    },
    {
      id: "events",
      label: "Events",
      isNumber: true,
      sortBy: ({ events }) => events,
      render: (row) =>
        row.name === null ? (
          <span className={shared.quiet}>drops only</span>
        ) : (
          <Count {...part} count={row.events} terms={serviceTerms(row)} />
        ),
    },
    {
      id: "backends",
      label: "Who answered",
      render: (row) => (
        <>
          {isForsaken(row) && <span className={shared.quiet}>nobody</span>}
          {(isForsaken(row) ? [] : row.backends.slice(0, BACKENDS)).map(({ pod, events }) => (
            <div key={pod ?? "?"}>
              <bdi>{isService(pod) ? "the record does not say which pod" : name(pod)}</bdi>{" "}
              <Count {...part} count={events} terms={backendTerms(row, pod)} />{" "}
              <span className={shared.quiet}>{formatShare(events, row.events)}</span>
            </div>
          ))}
          {row.backends.length > BACKENDS && (
            <span className={shared.quiet}>and {row.backends.length - BACKENDS} more</span>
          )}
        </>
      ),
    },
    {
      id: "translated",
      label: "Led to",
      title: "Pods to which sockets that asked for the service were led, and how often (socket events)",
      render: (row) => (
        <>
          {row.translatedTo.length === 0 && <span className={shared.quiet}>not in these records</span>}
          {row.translatedTo.slice(0, BACKENDS).map(({ pod, events }) => (
            <div key={pod}>
              <bdi>{name(pod)}</bdi> <Count {...part} count={events} terms={translatedTerms(row, pod)} />
            </div>
          ))}
          {row.translatedTo.length > BACKENDS && (
            <span className={shared.quiet}>and {row.translatedTo.length - BACKENDS} more</span>
          )}
        </>
      ),
    },
    {
      id: "last",
      label: "Last",
      sortBy: ({ last }) => last,
      render: ({ last }) => <span className={shared.instant}>{formatInstantText(last)}</span>,
    },
  ];
}

/** A packet before translation: which pod stands behind the address is not said in it. */
function isService(pod: string | null): boolean {
  return pod?.startsWith("service:") === true;
}

/** All that asked for it was dropped for want of a backend. */
function isForsaken({ events, noBackend }: Row): boolean {
  return events > 0 && noBackend === events;
}

function titleOf({ namespace, name, address }: Row): string {
  if (name !== null) return visible(namespace === null ? name : `${namespace}/${name}`);
  return address === null ? "address not known" : visible(address);
}

interface CountProps extends WorkloadPartProps {
  readonly count: number;
  readonly terms: readonly Term[] | undefined;
}

function Count({ captureId, scope, count, terms }: CountProps) {
  return <CountLink isInText count={count} href={terms && flowsAddress(captureId, scope, ...terms)} />;
}
