import { formatShare } from "@/components/ui/format";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import type { WorkloadRow } from "@/lib/questions/answers-workloads";
import styles from "./workloads-view.module.css";

const SHOWN = 12;

/** The pods' shares as bars side by side, busiest first; a line marks where an even spread would be. */
export function PodBars({ pods }: Pick<WorkloadRow, "pods">) {
  const all = pods.reduce((sum, { events }) => sum + events, 0);
  const most = Math.max(1, ...pods.map(({ events }) => events));
  if (pods.length === 0) return <span className={shared.quiet}>not knowable: no pod names</span>;
  const shown = pods.slice(0, SHOWN);
  const words = shown.map(({ pod, events }) => `${visible(pod)} ${formatShare(events, all)}`).join(", ");
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
      <span className={shared.quiet}>
        {shown
          .slice(0, 3)
          .map(({ events }) => formatShare(events, all))
          .join(" · ")}
        {pods.length > 3 && ` · ${pods.length - 3} more`}
      </span>
    </span>
  );
}
