import type { DataColumn } from "@/components/ui/data-table";
import shared from "@/components/ui/view.module.css";
import { formatInstantText } from "./instant-text";

interface Spanned {
  readonly first: string | null;
  readonly last: string | null;
}

interface InstantProps {
  readonly time: string | null;
  /** First and last of all that are shown: where both are of one day, the date is left to the range above. */
  readonly within?: Spanned | undefined;
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

/** When what a row counts was first and last seen. `within`: where all rows lie, so that a day they share is left out. */
export function spanColumns<Row extends Spanned>(within?: Spanned): readonly DataColumn<Row>[] {
  return (["first", "last"] as const).map((id) => ({
    id,
    label: id === "first" ? "First" : "Last",
    sortBy: (row) => row[id],
    render: (row) => <Instant time={row[id]} within={within} />,
  }));
}
