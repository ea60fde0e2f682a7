"use client";

import { ApiError } from "@/components/frame/api";
import { flowsAddress } from "@/components/frame/flows-address";
import { formatInstantText } from "@/components/frame/instant-text";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { Button } from "@/components/ui/button";
import { Drawer, DrawerPart as Part } from "@/components/ui/drawer";
import { Empty } from "@/components/ui/empty";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import type { DropCauseAnswer } from "@/lib/questions/answers-drops";
import { makeTerm, type Term } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";
import { CauseEvidence } from "./cause-evidence";
import { droppedAtTerms, edgeTerms, nodeTerms, podTerms } from "./cause-links";
import { CauseRule } from "./cause-rule";
import { CauseStory } from "./cause-story";
import { reasonCode, reasonLabel, rowTerms } from "./drop-words";
import { PolicyLink } from "./policy-link";
import { useDropCause } from "./queries";

interface CauseDrawerProps {
  readonly captureId: string;
  readonly causeId: string;
  readonly scope: ScopeHandle;
  readonly onClose: () => void;
}

/** One cause explained: what happened, the records, who decided, what would allow it, whether it worked, and its flows. */
export function CauseDrawer({ captureId, causeId, scope, onClose }: CauseDrawerProps) {
  const { data, error, refetch } = useDropCause(captureId, scope, causeId);
  return (
    <Drawer
      title="Why it was dropped"
      label="Explanation of the cause"
      closeLabel="Close the cause"
      onClose={onClose}
    >
      {error !== null && data === undefined && (
        <Empty
          title={error.message}
          role="alert"
          actions={<Button onClick={() => refetch()}>Try again</Button>}
        >
          {error instanceof ApiError && error.hint}
        </Empty>
      )}
      {data === undefined && error === null && <p className={shared.loading}>Reading its records …</p>}
      {data && scope.scope && (
        <Explained
          captureId={captureId}
          scope={scope.scope}
          answer={data}
          onCause={(cause) => scope.setView({ cause })}
        />
      )}
    </Drawer>
  );
}

export interface ExplainedProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly answer: DropCauseAnswer;
  readonly onCause: (causeId: string) => void;
}

function Explained(props: ExplainedProps) {
  const { captureId, scope, answer } = props;
  const { cause, meaning, hints, confidence, decidedAt } = answer;
  return (
    <>
      <Part title="What happened">
        <p>{visible(cause.sentence ?? cause.reasonText ?? "Drops whose reason the log does not say.")}</p>
        <DropsLine {...props} />
      </Part>
      <Part title="Why">
        <p>
          {visible(reasonLabel(cause))}
          {reasonCode(cause) !== undefined && ` (${reasonCode(cause)})`}, {visible(decidedAt.place)}. Decided
          by <PolicyLink captureId={captureId} scope={scope} row={cause} />.
        </p>
        <p>{visible(decidedAt.says)}</p>
        <p>{confidence.says}</p>
        {cause.unnamed !== null && <p className={shared.quiet}>{cause.unnamed}</p>}
        {meaning !== null && (
          <p className={shared.quiet}>
            {meaning.says} {meaning.usually} {meaning.next}
          </p>
        )}
        {hints.map((hint) => (
          <p key={hint}>{visible(hint)}</p>
        ))}
      </Part>
      <CauseRule remedy={answer.remedy} />
      <CauseStory {...props} />
      <CauseEvidence captureId={captureId} evidence={answer.evidence} />
      <Part title="Who and where">
        <Names
          {...props}
          title="Client pods"
          names={answer.clients}
          termsOf={(name) => podTerms("client", name)}
        />
        <Names
          {...props}
          title="Server pods"
          names={answer.servers}
          termsOf={(name) => podTerms("server", name)}
        />
        {cause.key.client === null && (
          <Names {...props} title="Pods that dropped" names={answer.droppedAt} termsOf={droppedAtTerms} />
        )}
        <Names {...props} title="Nodes" names={answer.nodes} termsOf={nodeTerms} />
        {cause.key.client && (
          <p className={shared.quiet}>
            <Link href={flowsAddress(captureId, scope, ...edgeTerms(answer))}>All flows of this edge</Link>,
            dropped or not.
          </p>
        )}
      </Part>
    </>
  );
}

function DropsLine({ captureId, scope, answer: { cause, atMost, rhythm } }: ExplainedProps) {
  const terms = rowTerms(cause);
  const first = makeTerm("drop", [{ type: "word", word: "first" }]);
  return (
    <p>
      <Link href={flowsAddress(captureId, scope, ...terms)}>{formatQuantity(cause.drops, "drop")}</Link>
      {cause.attempts !== null && (
        <>
          {" in "}
          <Link href={flowsAddress(captureId, scope, ...terms, first)}>
            {formatQuantity(cause.attempts, "attempt")}
          </Link>
        </>
      )}
      {atMost > 0 && ` (${formatCount(atMost)} of them may be counted twice)`}, first{" "}
      {formatInstantText(cause.first)}, last {formatInstantText(cause.last)}.
      {rhythm !== null && ` ${rhythm.says}`}
    </p>
  );
}

interface NamesProps extends ExplainedProps {
  readonly title: string;
  readonly names: DropCauseAnswer["clients"];
  readonly termsOf: (name: string | null) => readonly Term[];
}

const SHOWN = 5;

function Names({ captureId, scope, answer, title, names, termsOf }: NamesProps) {
  if (names.length === 0) return null;
  return (
    <p>
      <span className={shared.quiet}>{title}:</span>{" "}
      {names.slice(0, SHOWN).map(({ name, drops }, at) => (
        <span key={name ?? ""}>
          {at > 0 && ", "}
          <bdi>{visible(name ?? "not known")}</bdi> (
          <Link href={flowsAddress(captureId, scope, ...rowTerms(answer.cause), ...termsOf(name))}>
            {formatCount(drops)}
          </Link>
          )
        </span>
      ))}
      {names.length > SHOWN && ` and ${names.length - SHOWN} more`}
    </p>
  );
}
