import { CopyButton } from "@/components/ui/copy-button";
import { ScrollText } from "@/components/ui/scroll";
import type { ReportAnswer } from "@/lib/questions/report/answer";
import styles from "./advice-list.module.css";

/** Settings and commands to copy. Text from the log stands in them quoted. */
export function AdviceList({ advice }: Pick<ReportAnswer, "advice">) {
  return (
    <ul className={styles.list}>
      {advice.map(({ title, why, code }) => (
        <li key={title}>
          <details>
            <summary className={styles.title}>{title}</summary>
            <div className={styles.head}>
              <p>{why}</p>
              <CopyButton text={code} what={`the settings: ${title}`} />
            </div>
            <ScrollText className={styles.code}>{code}</ScrollText>
          </details>
        </li>
      ))}
    </ul>
  );
}
