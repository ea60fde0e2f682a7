import { actorNames, actorOfRow } from "@/components/frame/actor-names";
import { flowsAddress } from "@/components/frame/flows-address";
import { Instant } from "@/components/frame/instant";
import { CountLink } from "@/components/ui/count-link";
import type { DataColumn } from "@/components/ui/data-table";
import shared from "@/components/ui/view.module.css";
import type { ConnectionKey, ConnectionsAnswer, ConnectionsBy } from "@/lib/questions/answers-workloads";
import { connectionTerms } from "@/lib/scope/connection-terms";
import type { Term } from "@/lib/scope/filter";
import { type ConnectionWord, UNANSWERED_WORDS } from "@/lib/scope/outcome-kinds";
import type { WorkloadPartProps } from "./part";
import { connectionRowTerms, countedTerms } from "./workload-links";
import { BY_LABELS, lengthText, OUTCOME_LABELS } from "./workload-words";
import styles from "./workloads-view.module.css";

interface Shown extends WorkloadPartProps {
  readonly by: ConnectionsBy;
  readonly answer: ConnectionsAnswer;
}

type Row = ConnectionsAnswer["rows"][number];
type Column = DataColumn<Row>;

export function connectionColumns(shown: Shown): readonly Column[] {
  const { answer } = shown;
  const { outcomes } = answer.total;
  const has = (...words: readonly ConnectionWord[]) => words.some((word) => (outcomes[word] ?? 0) > 0);
  const columns: readonly (Column | false)[] = [
    titleColumn(shown),
    countColumn(shown, "attempts", "Attempts", ({ attempts }) => attempts, countedTerms("attempts")),
    wordColumn(shown, "Answered", "answered"),
    ...UNANSWERED_WORDS.map(
      (word) => has(word) && wordColumn(shown, LABELS[word] ?? OUTCOME_LABELS[word], word),
    ),
    has("refused") && wordColumn(shown, "Refused", "refused"),
    has("reset-by-client") && wordColumn(shown, "Reset by client", "reset-by-client"),
    has("reset-by-server") && wordColumn(shown, "Reset by server", "reset-by-server"),
    wordColumn(shown, "FIN", "closed"),
    has("gap", "open", "unknowable") && wordColumn(shown, "Not knowable", "gap", "open", "unknowable"),
    has("open-already") && wordColumn(shown, "Open before", "open-already"),
    {
      id: "length",
      label: "Length, median",
      title: "From the first SYN to the last record, where beginning and end are both in the log",
      isNumber: true,
      sortBy: ({ lengthNs }) => (lengthNs.p50 === null ? null : BigInt(lengthNs.p50)),
      render: ({ lengthNs }) =>
        lengthNs.p50 === null ? (
          <span className={shared.quiet}>not known</span>
        ) : (
          <span title={`of ${lengthNs.samples}`}>{lengthText(lengthNs.p50)}</span>
        ),
    },
    {
      id: "last",
      label: "Last",
      sortBy: ({ last }) => last,
      render: ({ last }) => <Instant time={last} within={answer.total} />,
    },
  ];
  return columns.filter((column) => column !== false);
}

const LABELS: Readonly<Partial<Record<ConnectionWord, string>>> = {
  "dropped-at-client": "Dropped at client",
  "dropped-at-server": "Dropped at server",
  "dropped-somewhere": "Dropped",
  "no-reply": "No reply",
};

function titleColumn({ by, answer }: Shown): Column {
  const name = actorNames(answer.rows.flatMap(({ key }) => [key.client, key.clientPod, key.server, key.pod]));
  return {
    id: "title",
    label: BY_LABELS[by],
    sortBy: ({ key }) => titleOf(key, by, name).join(" "),
    render: ({ key, neverAnswered }) => (
      <>
        {titleOf(key, by, name).map((text) => (
          <bdi key={text} className={styles.line}>
            {text}{" "}
          </bdi>
        ))}
        {neverAnswered && <span className={styles.never}>never answered</span>}
      </>
    ),
  };
}

/** One line, or of an edge two. */
function titleOf(key: ConnectionKey, by: ConnectionsBy, name: (key: string | null) => string): string[] {
  if (by !== "edge") return [name(actorOfRow(by, key))];
  if (key.client === null || key.client === undefined) return ["not known who asked whom"];
  const port = key.port === null || key.port === undefined ? "" : ` :${key.port}`;
  return [name(key.client), `-> ${name(key.server ?? null)}${port}`];
}

function wordColumn(shown: Shown, label: string, ...words: readonly ConnectionWord[]): Column {
  const of = ({ outcomes }: Row) => words.reduce((sum, word) => sum + (outcomes[word] ?? 0), 0);
  const title = words.map((word) => OUTCOME_LABELS[word]).join("; ");
  return { ...countColumn(shown, words[0] ?? label, label, of, connectionTerms(...words)), title };
}

function countColumn(
  { captureId, scope }: Shown,
  id: string,
  label: string,
  of: (row: Row) => number,
  terms: readonly Term[],
): Column {
  return {
    ...{ id, label, isNumber: true, sortBy: of },
    render: (row) => (
      <CountLink
        count={of(row)}
        href={flowsAddress(captureId, scope, ...connectionRowTerms(row.key), ...terms)}
      />
    ),
  };
}
