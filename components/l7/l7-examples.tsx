"use client";

import { actorNames } from "@/components/frame/actor-names";
import { flowAddress, flowsAddress } from "@/components/frame/flows-address";
import { Instant } from "@/components/frame/instant";
import { type DataColumn, DataTable } from "@/components/ui/data-table";
import { formatCount } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import shared from "@/components/ui/view.module.css";
import type { L7Example, L7ExamplesAnswer } from "@/lib/questions/answers-l7";
import { measureTerms, requestTerm, rowTerms } from "@/lib/scope/request-terms";
import styles from "./l7-view.module.css";
import { latencyText, urlText } from "./l7-words";
import type { L7PartProps } from "./part";
import { useL7Examples } from "./queries";

/** The slowest requests, and one error of each route that fails: each opens its flow. */
export function L7Examples(part: L7PartProps) {
  const { captureId, handle, protocol } = part;
  const { data } = useL7Examples(captureId, handle, protocol);
  if (data === undefined) return null;
  return (
    <>
      {data.failing.length > 0 && <Failing {...part} failing={data.failing} />}
      {data.slowest.length > 0 && <Slowest {...part} slowest={data.slowest} />}
    </>
  );
}

function Failing({ failing, ...part }: L7PartProps & { readonly failing: L7ExamplesAnswer["failing"] }) {
  const errors: DataColumn<L7ExamplesAnswer["failing"][number]> = {
    id: "errors",
    label: "Errors of the route",
    isNumber: true,
    sortBy: (example) => example.errors,
    render: ({ errors: count, server, method, route }) => (
      <CountLink {...part} keyOf={{ server, method, route }} count={count} />
    ),
  };
  const [request, ...others] = exampleColumns(part, failing);
  return (
    <section className={shared.part}>
      <h2 className={shared.title}>What fails most, with its newest error</h2>
      <DataTable
        label="What fails most"
        columns={[request, errors, ...others]}
        rows={failing}
        keyOf={({ flowId }) => flowId}
      />
    </section>
  );
}

interface CountLinkProps extends L7PartProps {
  readonly keyOf: Pick<L7Example, "server" | "method" | "route">;
  readonly count: number;
}

function CountLink({ captureId, scope, protocol, keyOf, count }: CountLinkProps) {
  const terms = [...(rowTerms(protocol, keyOf) ?? []), ...measureTerms("errors")];
  return <Link href={flowsAddress(captureId, scope, ...terms)}>{formatCount(count)}</Link>;
}

function Slowest({ slowest, ...part }: L7PartProps & { readonly slowest: L7ExamplesAnswer["slowest"] }) {
  return (
    <section className={shared.part}>
      <h2 className={shared.title}>Slowest requests</h2>
      <DataTable
        label="Slowest requests"
        columns={exampleColumns(part, slowest)}
        rows={slowest}
        keyOf={({ flowId }) => flowId}
      />
    </section>
  );
}

function exampleColumns<Row extends L7Example>(
  { captureId, scope, protocol }: L7PartProps,
  rows: readonly Row[],
): [DataColumn<Row>, ...DataColumn<Row>[]] {
  const name = actorNames(rows.flatMap(({ client, server }) => [client, server]));
  return [
    {
      id: "request",
      label: "Request",
      render: ({ flowId, method, url, route }) => (
        <Link
          href={flowAddress(captureId, scope, flowId, requestTerm(protocol))}
          title="Open its flow, with the original record"
        >
          {method !== null && <span className={styles.method}>{method} </span>}
          <bdi>{urlText(url ?? route ?? "not in the record")}</bdi>
        </Link>
      ),
    },
    { id: "time", label: "Time", sortBy: ({ time }) => time, render: ({ time }) => <Instant time={time} /> },
    { id: "status", label: "Answer", sortBy: ({ status }) => status, render: ({ status }) => status },
    {
      id: "latency",
      label: "Latency",
      isNumber: true,
      sortBy: ({ latencyNs }) => (latencyNs === null ? null : BigInt(latencyNs)),
      render: ({ latencyNs, isComputed }) => (
        <>
          {latencyNs === null ? <span className={shared.quiet}>not known</span> : latencyText(latencyNs)}
          {isComputed && <span className={shared.quiet}> computed</span>}
        </>
      ),
    },
    { id: "client", label: "Client", sortBy: ({ client }) => client, render: ({ client }) => name(client) },
    { id: "server", label: "Server", sortBy: ({ server }) => server, render: ({ server }) => name(server) },
  ];
}
