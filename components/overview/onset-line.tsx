import { actorName } from "@/components/frame/actors";
import { linkText } from "@/components/frame/link-change";
import { useTimeMark } from "@/components/frame/time-mark";
import { viewAddress } from "@/components/frame/views";
import { formatSecond, type Zone } from "@/components/ui/clock";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { visible } from "@/components/ui/text";
import { parseTime } from "@/lib/base/time";
import { encodeScope, type Scope } from "@/lib/scope/link";
import { type Cause, explainAddress } from "./cause-words";
import { isOf, type Onset } from "./onset";
import styles from "./overview-view.module.css";

interface OnsetLineProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly onset: Onset;
  /** All that are known: those of the onset are found among them. */
  readonly causes: readonly Cause[];
  readonly zone: Zone;
}

/** How much is shown before the trouble begins, to see what changed. */
const BEFORE = 60_000_000_000n;
const DATE = "2026-03-04 ".length;
/** Named in the line; the list below has all. */
const NAMED = 2;

/** Says when most of it began, which is where to look for what changed, and what of it had worked until then. */
export function OnsetLine({ captureId, scope, onset, causes, zone }: OnsetLineProps) {
  const { causes: count, from, to } = onset;
  useTimeMark(from, `${formatQuantity(count, "cause")} begin here`);
  const around = linkText(encodeScope({ ...scope, from: from - BEFORE, to: to + 1n }));
  const worked = causes.filter((cause) => cause.class === "broken-since" && isOf(onset, cause));
  return (
    <p className={styles.onset}>
      <strong>
        {formatQuantity(count, "of them", "of them")} began together, {secondsText(from, to, zone)}
      </strong>
      : something changed then. They are marked red.{" "}
      {worked.length > 0 && "Among them is what worked before: "}
      {worked.slice(0, NAMED).map((cause, at) => (
        <span key={cause.causeId}>
          {at > 0 && "; "}
          <Link href={explainAddress(captureId, scope, cause)}>{brokenText(cause)}</Link>
          {untilText(cause, zone)}
        </span>
      ))}
      {worked.length > NAMED && ` and ${formatCount(worked.length - NAMED)} more`}
      {worked.length > 0 && ". "}
      <Link href={viewAddress(captureId, "flows", around)}>Flows around it</Link>
    </p>
  );
}

/** To the second: finer than that nobody changed anything by hand. */
function secondsText(from: bigint, to: bigint, zone: Zone): string {
  const [first, last] = [formatSecond(from, zone), formatSecond(to, zone)];
  if (first === last) return `at ${first}`;
  return `${first} – ${first.slice(0, DATE) === last.slice(0, DATE) ? last.slice(DATE) : last}`;
}

/** `shop/web to shop/api`. */
function brokenText({ client, server, subject, sentence }: Cause): string {
  if (server === null && subject === null) return sentence;
  const to = server === null ? visible(subject ?? "") : actorName(server.id);
  return `${client === null ? "several workloads" : actorName(client.id)} to ${to}`;
}

function untilText({ worked }: Cause, zone: Zone): string {
  const until = worked.before === null ? undefined : parseTime(worked.before);
  return until === undefined ? "" : `, until ${formatSecond(until, zone).slice(DATE)}`;
}
