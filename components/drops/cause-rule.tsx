"use client";

import { useState } from "react";
import { Choice } from "@/components/ui/choice";
import { CopyButton } from "@/components/ui/copy-button";
import { DrawerPart as Part } from "@/components/ui/drawer";
import { ScrollText } from "@/components/ui/scroll";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import type { DropCauseAnswer } from "@/lib/questions/answers-drops";
import styles from "./cause-drawer.module.css";
import { DIALECTS, PORT_NAMES } from "./drop-words";

type Remedy = DropCauseAnswer["remedy"];

/** What would allow it: in words, and as a policy in either language where it can be said. */
export function CauseRule({ remedy }: { readonly remedy: Remedy }) {
  const { text, why, policies, alsoAllows, besides } = remedy;
  const [wanted, setDialect] = useState<string>();
  const shown =
    policies.find(({ dialect }) => dialect === wanted) ??
    policies.find(({ yaml }) => yaml !== null) ??
    policies[0];
  return (
    <Part title="What would allow it">
      <p>{visible(text)}</p>
      {why !== null && <p className={shared.quiet}>{why}</p>}
      {shown !== undefined && (
        <div className={styles.rule}>
          <Choice
            legend="Language of the policy"
            words={policies.map(({ dialect }) => dialect)}
            chosen={shown.dialect}
            labelOf={(dialect) => DIALECTS[dialect]}
            onChoose={setDialect}
          />
          {shown.yaml === null ? (
            <p>
              Not as {DIALECTS[shown.dialect]}: {shown.why}
            </p>
          ) : (
            <>
              <CopyButton text={shown.yaml} what="the rule" caption="Copy the rule" />
              <ScrollText className={styles.code}>{shown.yaml}</ScrollText>
              {shown.yaml.includes("port:") && <p className={shared.quiet}>{PORT_NAMES}</p>}
            </>
          )}
        </div>
      )}
      <Listed title="What it lets through besides" says={alsoAllows} />
      <Listed title="What it leaves out" says={besides} />
    </Part>
  );
}

function Listed({ title, says }: { readonly title: string; readonly says: readonly string[] }) {
  if (says.length === 0) return null;
  return (
    <>
      <p className={shared.quiet}>{title}:</p>
      <ul className={styles.list}>
        {says.map((sentence) => (
          <li key={sentence}>{visible(sentence)}</li>
        ))}
      </ul>
    </>
  );
}
