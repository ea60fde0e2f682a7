import { flowsAddress } from "@/components/frame/flows-address";
import { formatInstantText } from "@/components/frame/instant-text";
import { DrawerPart as Part } from "@/components/ui/drawer";
import { Link } from "@/components/ui/link";
import { ScrollText } from "@/components/ui/scroll";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import type { DropCauseAnswer } from "@/lib/questions/answers-drops";
import { WHOLE_SCOPE } from "@/lib/scope/link";
import styles from "./cause-drawer.module.css";

type Evidence = DropCauseAnswer["evidence"][number];
type EvidenceRecord = NonNullable<Evidence["drop"]>;

interface CauseEvidenceProps {
  readonly captureId: string;
  readonly evidence: readonly Evidence[];
}

/** The records, as the files have them: what dropped, and the verdict that says why. */
export function CauseEvidence({ captureId, evidence }: CauseEvidenceProps) {
  return (
    <Part title="Evidence">
      {evidence.length === 0 && <p className={shared.quiet}>No drop of this cause is in the scope.</p>}
      {evidence.map(({ drop, verdict }) => (
        <div key={(drop ?? verdict)?.flow} className={styles.pair}>
          {drop !== null && <RecordOf captureId={captureId} title="Drop record" record={drop} />}
          {verdict === null ? (
            <p className={shared.quiet}>No policy-verdict record of this drop is in the log.</p>
          ) : (
            <RecordOf captureId={captureId} title="Policy-verdict record" record={verdict} />
          )}
        </div>
      ))}
    </Part>
  );
}

interface RecordProps {
  readonly captureId: string;
  readonly title: string;
  readonly record: EvidenceRecord;
}

function RecordOf({ captureId, title, record }: RecordProps) {
  const { flow, time, node, file, line, text, isCut } = record;
  const address = flowsAddress(captureId, WHOLE_SCOPE);
  return (
    <details>
      <summary>
        {title}, {formatInstantText(time)}
        {node !== null && `, ${visible(node)}`}
        <span className={shared.quiet}>
          {" "}
          ({visible(file)}, line {line})
        </span>
      </summary>
      <p>
        <Link href={`${address}?flow=${flow}`}>Open the flow</Link>
      </p>
      <ScrollText className={styles.code}>{visible(text)}</ScrollText>
      {isCut && <p className={shared.quiet}>The record goes on: open the flow to see all of it.</p>}
    </details>
  );
}
