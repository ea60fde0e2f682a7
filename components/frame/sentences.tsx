import { Check, CircleAlert, Info } from "lucide-react";
import { visible } from "@/components/ui/text";
import type { ReportAnswer } from "@/lib/questions/report/answer";
import styles from "./sentences.module.css";

const TONES = {
  warning: { icon: CircleAlert, word: "Warning" },
  note: { icon: Info, word: "Note" },
  good: { icon: Check, word: "Good" },
} as const;

export function Sentences({ report }: { readonly report: ReportAnswer }) {
  if (report.sentences.length === 0) return <p>{emptyText(report)}</p>;
  return (
    <ul className={styles.list}>
      {report.sentences.map(({ tone, text }) => {
        const { icon: Icon, word } = TONES[tone];
        return (
          <li key={text} className={styles.item} data-tone={tone}>
            <Icon size={15} aria-hidden className={styles.icon} />
            <span>
              <span className="spoken">{word}: </span>
              {visible(text)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function emptyText({ files, meta }: ReportAnswer): string {
  if (meta.partial) return "Told when the files have been read.";
  if (files.length === 0) return "This capture has no files yet: there is nothing to judge.";
  return "The files hold no flow records: there is nothing to judge.";
}
