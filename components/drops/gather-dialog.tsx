"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Choice } from "@/components/ui/choice";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { formatQuantity } from "@/components/ui/format";
import { ScrollText } from "@/components/ui/scroll";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import type { DropPoliciesAnswer } from "@/lib/questions/answers-drops";
import styles from "./cause-drawer.module.css";
import { DIALECT_WORDS, DIALECTS, PORT_NAMES } from "./drop-words";
import { Failed } from "./failed";
import { useDropPolicies } from "./queries";

interface GatherDialogProps {
  readonly captureId: string;
  readonly causes: readonly string[];
  readonly onClose: () => void;
}

/** The missing rules of the chosen causes: one policy for each workload, to copy or to save. */
export function GatherDialog({ captureId, causes, onClose }: GatherDialogProps) {
  const [dialect, setDialect] = useState<keyof typeof DIALECTS>("cilium");
  const { data, error, refetch } = useDropPolicies(captureId, causes, dialect);
  return (
    <Dialog open onClose={onClose} title={`Policies for ${formatQuantity(causes.length, "cause")}`} wide>
      <Choice
        legend="Language of the policies"
        words={DIALECT_WORDS}
        chosen={dialect}
        labelOf={(word) => DIALECTS[word]}
        onChoose={setDialect}
      />
      {data === undefined ? (
        error === null ? (
          <p>Writing the policies …</p>
        ) : (
          <Failed error={error} onRetry={refetch} />
        )
      ) : (
        <Gathered answer={data} />
      )}
    </Dialog>
  );
}

function Gathered({ answer: { files, leftOut, alsoAllows } }: { readonly answer: DropPoliciesAnswer }) {
  return (
    <>
      {files.map(({ workload, fileName, yaml, causes }) => (
        <section key={fileName} className={styles.rule}>
          <h3>
            {visible(workload)} <span className={shared.quiet}>{formatQuantity(causes.length, "cause")}</span>
          </h3>
          <div className={styles.actions}>
            <Button small onClick={() => save(fileName, yaml)}>
              Save {fileName}
            </Button>
            <CopyButton text={yaml} what={`the policy of ${workload}`} caption="Copy" />
          </div>
          <ScrollText className={styles.code}>{yaml}</ScrollText>
        </section>
      ))}
      {files.length > 1 && (
        <p>
          <Button small onClick={() => save("policies.yaml", files.map(({ yaml }) => yaml).join("---\n"))}>
            Save all as policies.yaml
          </Button>
        </p>
      )}
      {files.some(({ yaml }) => yaml.includes("port:")) && <p className={shared.quiet}>{PORT_NAMES}</p>}
      {alsoAllows.length > 0 && <Listed title="What they let through besides" says={alsoAllows} />}
      {leftOut.length > 0 && (
        <Listed
          title={files.length === 0 ? "No rule can allow these" : "Left out"}
          says={leftOut.map(({ sentence, why }) => `${sentence} ${why}`)}
        />
      )}
    </>
  );
}

function Listed({ title, says }: { readonly title: string; readonly says: readonly string[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <ul className={styles.list}>
        {says.map((sentence) => (
          <li key={sentence}>{visible(sentence)}</li>
        ))}
      </ul>
    </section>
  );
}

/** As a file of the browser: nothing is sent anywhere. */
function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
