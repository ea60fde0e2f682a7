import shared from "@/components/ui/view.module.css";
import { formatInstantText } from "./instant-text";

interface InstantProps {
  readonly time: string | null;
  /** First and last of all that are shown: where both are of one day, the date is left to the range above. */
  readonly within?: { readonly first: string | null; readonly last: string | null };
}

/** A time in a table; pointed at, to the nanosecond. */
export function Instant({ time, within }: InstantProps) {
  const text = formatInstantText(time);
  const isOneDay =
    time !== null && within?.first !== null && within?.first.slice(0, 10) === within?.last?.slice(0, 10);
  return (
    <span className={shared.instant} title={time ?? undefined}>
      {isOneDay && within !== undefined ? text.slice(11) : text}
    </span>
  );
}
