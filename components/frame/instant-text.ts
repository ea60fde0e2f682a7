import { formatSecond } from "@/components/ui/clock";
import { parseTime } from "@/lib/base/time";

/** A time of the interface to the second, in UTC as the log has it; what is not there is said so. */
export function formatInstantText(time: string | null): string {
  const ns = time === null ? undefined : parseTime(time);
  return ns === undefined ? "no time" : formatSecond(ns, "utc");
}
