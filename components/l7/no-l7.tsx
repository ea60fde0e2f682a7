"use client";

import type { ReactNode } from "react";
import { useReport } from "@/components/frame/queries";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { ScrollText } from "@/components/ui/scroll";
import shared from "@/components/ui/view.module.css";
import type { L7Protocol } from "@/lib/questions/answers-l7";
import { EMPTY_FILTER } from "@/lib/scope/filter";
import styles from "./l7-view.module.css";
import { type Absence, whyNoL7 } from "./why-no-l7";

interface NoL7Props {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  readonly protocol: L7Protocol;
}

/** Why there are no requests of the protocol, and how to get them. */
export function NoL7({ captureId, scope, protocol }: NoL7Props) {
  const { data } = useReport(captureId);
  if (data === undefined) return <p className={shared.note}>Looking for the reason …</p>;
  const absence = whyNoL7(data, protocol, isNarrowed(scope));
  return (
    <div className={styles.none} role="status">
      <p className={styles.noneTitle}>{absence.title}</p>
      {absence.says.map((text) => (
        <p key={text}>{text}</p>
      ))}
      {absence.isScope ? (
        <div className={styles.actions}>
          <Button onClick={() => scope.setTexts("", "", {})}>Show the whole capture</Button>
        </div>
      ) : (
        <Advice absence={absence} />
      )}
    </div>
  );
}

function isNarrowed({ scope }: ScopeHandle): boolean {
  const { filter, from, to } = scope ?? { filter: EMPTY_FILTER };
  return filter.terms.length > 0 || from !== undefined || to !== undefined;
}

function Advice({ absence }: { readonly absence: Absence }): ReactNode {
  return absence.advice.map(({ title, why, code }) => (
    <section key={title} className={styles.advice}>
      <h2 className={shared.title}>{title}</h2>
      <p className={styles.adviceHead}>
        <span>{why}</span>
        <CopyButton text={code} what={`the settings: ${title}`} caption="Copy" />
      </p>
      <ScrollText className={styles.code}>{code}</ScrollText>
    </section>
  ));
}
