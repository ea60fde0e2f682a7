import { visible } from "@/components/ui/text";
import type { WorkloadRow } from "@/lib/questions/answers-workloads";
import { shareText } from "./workload-words";
import styles from "./workloads-view.module.css";

const SHOWN = 12;

/** The pods' shares as bars side by side, busiest first; a line marks where an even spread would be. */
export function PodBars({ pods }: Pick<WorkloadRow, "pods">) {
  const all = pods.reduce((sum, { events }) => sum + events, 0);
  const most = Math.max(1, ...pods.map(({ events }) => events));
  if (pods.length === 0) return <span className={styles.quiet}>not knowable: no pod names</span>;
  const shown = pods.slice(0, SHOWN);
  const words = shown.map(({ pod, events }) => `${visible(pod)} ${shareText(events, all)}`).join(", ");
  return (
    <span className={styles.bars}>
      <span className={styles.plot} role="img" aria-label={words} title={words}>
        {shown.map(({ pod, events }) => (
          <span
            key={pod}
            className={styles.barOf}
            style={{ height: `${Math.max(4, (events / most) * 100)}%` }}
          />
        ))}
        {pods.length > 1 && (
          <span className={styles.even} style={{ bottom: `${(all / pods.length / most) * 100}%` }} />
        )}
      </span>
      <span className={styles.quiet}>
        {shown
          .slice(0, 3)
          .map(({ events }) => shareText(events, all))
          .join(" · ")}
        {pods.length > 3 && ` · ${pods.length - 3} more`}
      </span>
    </span>
  );
}
