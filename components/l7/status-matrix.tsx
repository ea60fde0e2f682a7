"use client";

import { actorNames } from "@/components/frame/actor-names";
import { flowsAddress } from "@/components/frame/flows-address";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { ScrollRegion } from "@/components/ui/scroll";
import shared from "@/components/ui/view.module.css";
import type { L7Answer, L7Counts, L7Row } from "@/lib/questions/answers-l7";
import type { Term } from "@/lib/scope/filter";
import { measureTerms, requestTerm, rowTerms, statusTerms } from "@/lib/scope/request-terms";
import styles from "./l7-view.module.css";
import { byLabel, isAnswersOnly, matrixBy, rowName, sortStatuses, toneOfStatus } from "./l7-words";
import type { L7PartProps } from "./part";

/** Columns of requests without an answer: what they are called in `by=status`, and where they are counted. */
const SILENT = ["denied", "no answer", "open", "unpaired"] as const;
const COUNT_OF = {
  denied: "deniedUnanswered",
  "no answer": "unanswered",
  open: "open",
  unpaired: "unpaired",
} as const;

/** Methods by statuses; each cell leads to its requests. */
export function StatusMatrix({ methods, ...part }: L7PartProps & { readonly methods: L7Answer }) {
  const { protocol } = part;
  const { rows, total } = methods;
  const silent = SILENT.filter((status) => countOf(total, status) > 0);
  const answered = Object.keys(total.status).filter((status) => !isSilent(status));
  const statuses = [...sortStatuses(answered), ...silent];
  const by = matrixBy(protocol);
  const first = protocol === "kafka" ? "API key" : byLabel(by, protocol);
  const name = actorNames(rows.map(({ key }) => key.server));
  return (
    <section className={shared.part}>
      <h2 className={shared.title}>{first} and status</h2>
      {protocol === "grpc" && statuses.some((status) => /^\d+$/.test(status)) && (
        <p className={shared.note}>
          A number is the HTTP status: most servers send gRPC's own in a trailer, which Hubble does not see,
          so a call that failed can stand under 200.
        </p>
      )}
      <ScrollRegion label={`${first} and status`} className={styles.scroll}>
        <table className={styles.matrix}>
          <thead>
            <tr>
              <th scope="col">{first}</th>
              {statuses.map((status) => (
                <th key={status} scope="col" data-tone={toneOfStatus(protocol, status)}>
                  {status}
                </th>
              ))}
              <th scope="col">{isAnswersOnly(total) ? "Answers" : "Requests"}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Line
                key={JSON.stringify(row.key)}
                {...part}
                name={rowName(row.key, by, name)}
                server={row.key.server === undefined ? undefined : name(row.key.server)}
                statuses={statuses}
                row={row}
                isAnswers={isAnswersOnly(total)}
              />
            ))}
            {rows.length > 1 && (
              <Line
                {...part}
                name="All"
                statuses={statuses}
                row={{ ...total, key: {}, method: null }}
                isAnswers={isAnswersOnly(total)}
                isSum
              />
            )}
          </tbody>
        </table>
      </ScrollRegion>
      {total.answersOnly > 0 && !isAnswersOnly(total) && (
        <p className={shared.note}>
          {formatQuantity(total.answersOnly, "answer is", "answers are")} without the request in the log, and
          counted by status only.
        </p>
      )}
      {methods.folded.rows > 0 && (
        <p className={shared.note}>
          And {formatQuantity(methods.folded.rows, "more method")} with{" "}
          {formatQuantity(methods.folded.requests, "request")}: narrow the scope to see them.
        </p>
      )}
    </section>
  );
}

interface LineProps extends L7PartProps {
  readonly name: string;
  /** Whose method it is, where it is one of a server. */
  readonly server?: string | undefined;
  readonly statuses: readonly string[];
  readonly row: L7Row;
  /** The last column has answers: no request is in the log. */
  readonly isAnswers: boolean;
  readonly isSum?: boolean;
}

function Line({ captureId, scope, protocol, statuses, row, isAnswers, isSum = false, ...said }: LineProps) {
  const { name, server } = said;
  const terms = isSum ? [requestTerm(protocol)] : (rowTerms(protocol, row.key) ?? []);
  const link = (count: number, says: string, ...more: readonly Term[]) => (
    <Link href={flowsAddress(captureId, scope, ...terms, ...more)} aria-label={`${name}, ${says}: ${count}`}>
      {formatCount(count)}
    </Link>
  );
  return (
    <tr data-sum={isSum || undefined}>
      <th scope="row">
        <bdi>{name}</bdi>
        {server !== undefined && <div className={shared.quiet}>{server}</div>}
      </th>
      {statuses.map((status) => {
        const count = countOf(row, status);
        return (
          <td key={status} data-tone={count > 0 ? toneOfStatus(protocol, status) : undefined}>
            {count > 0 && link(count, status, ...statusTerms(status), ...answeredTerms(status))}
          </td>
        );
      })}
      <td>
        {isAnswers
          ? link(row.responses, "answers", ...measureTerms("responses"))
          : link(row.requests, "requests", ...measureTerms("requests"))}
      </td>
    </tr>
  );
}

function isSilent(status: string): status is (typeof SILENT)[number] {
  return SILENT.some((word) => word === status);
}

/** `denied` is what a refusal is called that has no code, whether or not its answer is in the log. */
function countOf(counts: L7Counts, status: string): number {
  return (counts.status[status] ?? 0) + (isSilent(status) ? counts[COUNT_OF[status]] : 0);
}

/** Statuses are of answers. */
function answeredTerms(status: string): readonly Term[] {
  return isSilent(status) ? [] : measureTerms("responses");
}
