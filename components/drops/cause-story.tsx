import { flowsAddress } from "@/components/frame/flows-address";
import { formatInstantText } from "@/components/frame/instant-text";
import { Button } from "@/components/ui/button";
import { DrawerPart as Part } from "@/components/ui/drawer";
import { Link } from "@/components/ui/link";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import { WHOLE_SCOPE } from "@/lib/scope/link";
import type { ExplainedProps } from "./cause-drawer";
import styles from "./cause-drawer.module.css";

/** Whether it ever worked and what changed since, what the other side says, and how names came into it. */
export function CauseStory({ captureId, answer, onCause }: ExplainedProps) {
  const { worked, changes, otherSide, lookups } = answer;
  return (
    <>
      <Part title="Did it ever work">
        <p>{visible(worked.says)}</p>
        {(worked.delivered !== null || worked.answered !== null) && (
          <p className={shared.quiet}>
            Last delivered {worked.delivered === null ? "never" : formatInstantText(worked.delivered)}, last
            answered {worked.answered === null ? "never" : formatInstantText(worked.answered)} (before the
            first drop).
          </p>
        )}
        <p>{changes.says}</p>
        {changes.found.length > 0 && (
          <ul className={styles.list}>
            {changes.found.map(({ time, says, node }) => (
              <li key={`${time} ${says}`}>
                <span className={shared.quiet}>{formatInstantText(time)}</span> {visible(says)}
                {node !== null && <span className={shared.quiet}> ({visible(node)})</span>}
              </li>
            ))}
          </ul>
        )}
      </Part>
      <Part title="The other side">
        <p>{visible(otherSide.says)}</p>
        {otherSide.causeId !== null && (
          <Button small onClick={() => onCause(otherSide.causeId ?? "")}>
            Show that cause
          </Button>
        )}
      </Part>
      {lookups !== null && (
        <Part title="Names">
          <p>{visible(lookups.says)}</p>
          <ul className={styles.list}>
            {lookups.found.map(({ name, pod, time, ips, ttlSeconds, flow }) => (
              <li key={flow}>
                <Link href={`${flowsAddress(captureId, WHOLE_SCOPE)}?flow=${flow}`}>
                  {formatInstantText(time)}
                </Link>{" "}
                {visible(pod)} got {visible(ips.slice(0, 4).join(", "))}
                {ips.length > 4 && ` and ${ips.length - 4} more`} for {visible(name)}
                {ttlSeconds !== null && `, TTL ${ttlSeconds} s`}
              </li>
            ))}
          </ul>
        </Part>
      )}
    </>
  );
}
