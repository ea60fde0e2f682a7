"use client";

import { ChevronDown, ChevronRight } from "lucide-react";
import { useDeferredValue, useId, useState } from "react";
import { flowsAddress } from "@/components/frame/flows-address";
import { Button, linkButton } from "@/components/ui/button";
import type { Zone } from "@/components/ui/clock";
import { CopyButton } from "@/components/ui/copy-button";
import { Link } from "@/components/ui/link";
import { ScrollText } from "@/components/ui/scroll";
import { Spark } from "@/components/ui/spark";
import { visible } from "@/components/ui/text";
import type { Scope } from "@/lib/scope/link";
import {
  type Cause,
  CLASS_TITLES,
  countTerms,
  countText,
  effectTexts,
  explainAddress,
  KIND_WORDS,
  whenText,
} from "./cause-words";
import styles from "./causes-list.module.css";
import { isOf, type Onset } from "./onset";
import { sparkValues } from "./trend";

interface CausesListProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly causes: readonly Cause[];
  /** Those that begin in it are marked. */
  readonly onset: Onset | undefined;
  readonly capture: { readonly first: string | null; readonly last: string | null };
  readonly bucketNs: string;
  /** What all trends are drawn over; absent when nothing has a time. */
  readonly span: { readonly from: bigint; readonly to: bigint } | undefined;
  readonly zone: Zone;
}

/** Drawn at once: about what a large window shows. The others follow as soon as these are on screen. */
const AT_FIRST = 12;

/** Causes in their rank, under the heading of their class. */
export function CausesList(props: CausesListProps) {
  const classes = Object.keys(CLASS_TITLES) as Cause["class"][];
  const isWhole = useDeferredValue(true, false);
  const shown = isWhole ? props.causes : props.causes.slice(0, AT_FIRST);
  return classes.map((name) => {
    const causes = shown.filter((cause) => cause.class === name);
    if (causes.length === 0) return null;
    const { title, says } = CLASS_TITLES[name];
    return (
      <section key={name} aria-labelledby={`class-${name}`}>
        <h2 id={`class-${name}`} className={styles.title}>
          {title}
          <span className="spoken">:</span> <span className={styles.says}>{says}</span>
        </h2>
        <ol>
          {causes.map((cause) => (
            <CauseItem key={cause.causeId} cause={cause} {...props} />
          ))}
        </ol>
      </section>
    );
  });
}

function CauseItem(props: CausesListProps & { readonly cause: Cause }) {
  const { captureId, scope, onset, capture, zone, cause } = props;
  const [isOpen, setOpen] = useState(false);
  const remedyId = useId();
  const isOfOnset = onset !== undefined && isOf(onset, cause);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <li className={styles.cause} data-class={cause.class} data-onset={isOfOnset || undefined}>
      <span className={styles.kind}>
        {KIND_WORDS[cause.kind]}
        {isOfOnset && <span className="spoken">, among those that began together</span>}
      </span>
      <div className={styles.text}>
        <p className={styles.sentence}>
          <bdi>{visible(cause.sentence)}</bdi>
        </p>
        <p className={styles.effect}>
          <Link href={flowsAddress(captureId, scope, ...countTerms(cause))} title="The flows that show it">
            {countText(cause)}
          </Link>
          {[...effectTexts(cause)].map((text) => ` ${text}`)} · {whenText(cause, capture, zone)}
        </p>
      </div>
      {props.span && (
        <Spark
          values={sparkValues(cause.trend, props.bucketNs, props.span)}
          label={`${countText(cause)} over time`}
        />
      )}
      <div className={styles.actions}>
        <Button
          small
          look="quiet"
          aria-expanded={isOpen}
          aria-controls={isOpen ? remedyId : undefined}
          onClick={() => setOpen(!isOpen)}
        >
          <Chevron size={13} aria-hidden />
          What to do<span className="spoken">: {visible(cause.sentence)}</span>
        </Button>
        <Link href={explainAddress(captureId, scope, cause)} className={linkButton("plain", true)}>
          Explain<span className="spoken"> {visible(cause.sentence)}</span>
        </Link>
      </div>
      {isOpen && <Remedy id={remedyId} cause={cause} />}
    </li>
  );
}

function Remedy({ id, cause: { remedy } }: { readonly id: string; readonly cause: Cause }) {
  return (
    <div id={id} className={styles.remedy}>
      <p>{visible(remedy.text)}</p>
      {remedy.yaml !== null && (
        <>
          <ScrollText className={styles.code}>{remedy.yaml}</ScrollText>
          <CopyButton text={remedy.yaml} what="the piece to start from" caption="Copy" />
        </>
      )}
    </div>
  );
}
