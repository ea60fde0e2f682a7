"use client";

import Link from "next/link";
import { ApiError } from "@/components/frame/api";
import { flowsAddress } from "@/components/frame/flows-address";
import { formatInstantText } from "@/components/frame/instant-text";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Drawer, DrawerPart } from "@/components/ui/drawer";
import { Empty } from "@/components/ui/empty";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { ScrollText } from "@/components/ui/scroll";
import { visible } from "@/components/ui/text";
import type { DropCauseAnswer } from "@/lib/questions/answers-drops";
import { makeTerm } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";
import styles from "./cause-drawer.module.css";
import { decidedText, directionText, reasonCode, reasonLabel } from "./drop-words";
import { useDropCause } from "./queries";

interface CauseDrawerProps {
  readonly captureId: string;
  readonly causeId: string;
  readonly scope: ScopeHandle;
  readonly onClose: () => void;
}

/** One cause explained: what happened, why, what would allow it, whether it ever worked, and its flows. */
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
      {data && scope.scope && <Explained captureId={captureId} scope={scope.scope} answer={data} />}
    </Drawer>
  );
}

interface ExplainedProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly answer: DropCauseAnswer;
}

function Explained({ captureId, scope, answer }: ExplainedProps) {
  const { cause, meaning, remedy, hints, worked, rhythm } = answer;
  return (
    <>
      <DrawerPart title="What happened">
        <p>{visible(cause.sentence ?? cause.reasonText ?? "Drops whose reason the log does not say.")}</p>
        <p>
          <FlowsLink captureId={captureId} scope={scope} answer={answer} />, first{" "}
          {formatInstantText(cause.first)}, last {formatInstantText(cause.last)}
          {rhythm !== null && `, ${rhythm.says}`}.
        </p>
      </DrawerPart>
      <DrawerPart title="Why">
        <p>
          {visible(reasonLabel(cause))}
          {reasonCode(cause) !== undefined && ` (${reasonCode(cause)})`}, {directionText(cause)}. Decided by{" "}
          {decidedText(cause)};{" "}
          {cause.confidence === "certain"
            ? "a policy-verdict record agrees"
            : "no policy-verdict record says so, which makes it likely, not certain"}
          .
        </p>
        {meaning !== null && (
          <p className={styles.quiet}>
            {meaning.says} {meaning.usually} {meaning.next}
          </p>
        )}
        {hints.map((hint) => (
          <p key={hint}>{visible(hint)}</p>
        ))}
      </DrawerPart>
      <DrawerPart title="What would allow it">
        <p>{visible(remedy.text)}</p>
        {remedy.yaml !== null && <Rule yaml={remedy.yaml} />}
      </DrawerPart>
      <DrawerPart title="Did it ever work">
        <p>{visible(worked.says)}</p>
      </DrawerPart>
      <DrawerPart title="Who and where">
        <Names title="Client pods" names={answer.clients} />
        <Names title="Server pods" names={answer.servers} />
        <Names title="Nodes" names={answer.nodes} />
      </DrawerPart>
    </>
  );
}

function FlowsLink({ captureId, scope, answer: { cause, atMost } }: ExplainedProps) {
  const text = `${formatQuantity(cause.drops, "drop")}${cause.attempts === null ? "" : ` in ${formatQuantity(cause.attempts, "attempt")}`}`;
  const terms = [
    makeTerm("drop", [{ type: "word", word: "yes" }]),
    makeTerm("cause", [{ type: "text", text: cause.key.causeId ?? "" }]),
  ];
  return (
    <>
      <Link href={flowsAddress(captureId, scope, ...terms)}>{text}</Link>
      {atMost > 0 && ` (${formatCount(atMost)} of them may be counted twice)`}
    </>
  );
}

function Rule({ yaml }: { readonly yaml: string }) {
  return (
    <div className={styles.rule}>
      <CopyButton text={yaml} what="the rule" caption="Copy the rule" />
      <ScrollText className={styles.code}>{yaml}</ScrollText>
    </div>
  );
}

function Names({ title, names }: { readonly title: string; readonly names: DropCauseAnswer["clients"] }) {
  if (names.length === 0) return null;
  const shown = names
    .slice(0, 5)
    .map(({ name, drops }) => `${visible(name ?? "not known")} (${formatCount(drops)})`);
  return (
    <p>
      <span className={styles.quiet}>{title}:</span> {shown.join(", ")}
      {names.length > 5 && ` and ${names.length - 5} more`}
    </p>
  );
}
