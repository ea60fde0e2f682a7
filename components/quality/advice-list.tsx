import { CopyButton } from "@/components/ui/copy-button";
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
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
            <pre className={styles.code} tabIndex={0}>
              {code}
            </pre>
          </details>
        </li>
      ))}
    </ul>
  );
}
