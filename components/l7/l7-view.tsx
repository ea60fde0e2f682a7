"use client";

import type { ReactNode } from "react";
import { ApiError } from "@/components/frame/api";
import { useScope } from "@/components/frame/use-scope";
import { Button } from "@/components/ui/button";
import { Choice } from "@/components/ui/choice";
import { Empty } from "@/components/ui/empty";
import { formatCount, formatQuantity } from "@/components/ui/format";
import shared from "@/components/ui/view.module.css";
import type { L7Answer, L7By, L7Counts, L7Protocol } from "@/lib/questions/answers-l7";
import { L7Examples } from "./l7-examples";
import { L7OverTime } from "./l7-over-time";
import { L7Series } from "./l7-series";
import { L7Table } from "./l7-table";
import { L7Tiles } from "./l7-tiles";
import styles from "./l7-view.module.css";
import { isAnswersOnly, matrixBy, PROTOCOL_LABELS, tablesOf } from "./l7-words";
import { NoL7 } from "./no-l7";
import type { L7PartProps } from "./part";
import { useL7 } from "./queries";
import { StatusMatrix } from "./status-matrix";

const PROTOCOLS: readonly L7Protocol[] = ["http", "grpc", "kafka"];
/** Rows of the matrix. Methods of HTTP are few, unless clients send nonsense; those of gRPC are in the table below as well. */
const METHODS = 50;

/**
 * HTTP, gRPC and Kafka requests of the scope, each counted once at one proxy.
 *
 * Empty: says why there are none and how to get them. Loading: keeps what was there. Failed: says why, with a way to
 * try again. A link that cannot be read shows nothing.
 */
export function L7View({ captureId }: { readonly captureId: string }) {
  const scope = useScope();
  const http = useL7(captureId, scope, "http", "method", METHODS);
  const grpc = useL7(captureId, scope, "grpc", matrixBy("grpc"), METHODS);
  const kafka = useL7(captureId, scope, "kafka", "method", METHODS);
  const asked = { http, grpc, kafka };
  if (scope.scope === undefined)
    return (
      <Empty title="No requests: this link cannot be read." role="status">
        What is wrong stands above.
      </Empty>
    );
  const failed = PROTOCOLS.map((name) => asked[name]).find(
    ({ data, error }) => data === undefined && error !== null,
  );
  if (failed?.error) return <Failed error={failed.error} onRetry={() => failed.refetch()} />;
  if (http.data === undefined || grpc.data === undefined || kafka.data === undefined)
    return <p className={shared.loading}>Counting requests …</p>;
  const methods = { http: http.data, grpc: grpc.data, kafka: kafka.data };
  const protocol =
    PROTOCOLS.find((name) => name === scope.view.protocol) ??
    PROTOCOLS.find((name) => seen(methods[name]) > 0) ??
    "http";
  // Aggregation keeps neither path nor content type, by which gRPC is known.
  const isUntold = seen(grpc.data) === 0 && isAnswersOnly(http.data.total) && !http.data.meta.exact;
  return (
    <div className={styles.view}>
      <div className={shared.bar}>
        <h1 className={shared.count} aria-live="polite">
          {protocol === "grpc" && isUntold
            ? "gRPC cannot be told from HTTP here"
            : headingOf(methods[protocol], PROTOCOL_LABELS[protocol])}
        </h1>
        <Choice
          legend="Protocol"
          words={PROTOCOLS}
          chosen={protocol}
          labelOf={(name) =>
            `${PROTOCOL_LABELS[name]} ${name === "grpc" && isUntold ? "not knowable" : countText(methods[name].total)}`
          }
          onChoose={(name) => scope.setView({ protocol: name, by: null })}
        />
      </div>
      {methods[protocol].meta.notes.map((note) => (
        <p key={note} className={shared.note}>
          {note}
        </p>
      ))}
      {protocol === "kafka" && seen(kafka.data) > 0 && (
        <p className={shared.note}>
          Cilium’s proxy does not read a broker’s error code, so an answer without one can still be a failure.
          A request for several topics counts once for each, and its answer is that of all of them.
        </p>
      )}
      {seen(methods[protocol]) === 0 ? (
        <NoL7 captureId={captureId} scope={scope} protocol={protocol} />
      ) : (
        <Requests
          captureId={captureId}
          handle={scope}
          scope={scope.scope}
          protocol={protocol}
          methods={methods[protocol]}
        />
      )}
    </div>
  );
}

/** Requests, and answers whose request is not in the log. */
function seen({ total }: L7Answer): number {
  return total.requests + total.answersOnly;
}

/** Aggregated records stand for requests and answers that nothing pairs: then there are at most so many. */
function headingOf({ meta, total }: L7Answer, name: string): string {
  // Why stands below: they may have been left out.
  if (total.requests + total.answersOnly === 0) return `No ${name} requests seen`;
  const count = isAnswersOnly(total)
    ? formatQuantity(total.answersOnly, `${name} answer`)
    : formatQuantity(total.requests, `${name} request`);
  return meta.exact ? count : `At most ${count}`;
}

function countText(total: L7Counts): string {
  return isAnswersOnly(total) ? formatQuantity(total.answersOnly, "answer") : formatCount(total.requests);
}

function Requests({ methods, ...part }: L7PartProps & { readonly methods: L7Answer }) {
  const { protocol, handle } = part;
  const tables = tablesOf(protocol);
  const by: L7By =
    tables.find((word) => word === handle.view.by) ?? (isAnswersOnly(methods.total) ? "server" : "route");
  return (
    <>
      <L7Tiles {...part} total={methods.total} isAtMost={!methods.meta.exact} />
      <L7Series {...part} total={methods.total} />
      <StatusMatrix {...part} methods={methods} />
      <L7Table {...part} by={by} />
      <L7OverTime {...part} total={methods.total} isAtMost={!methods.meta.exact} />
      <L7Examples {...part} />
    </>
  );
}

function Failed({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }): ReactNode {
  return (
    <Empty title={error.message} role="alert" actions={<Button onClick={onRetry}>Try again</Button>}>
      {error instanceof ApiError && error.hint}
    </Empty>
  );
}
