import type { Zone } from "@/components/ui/clock";
import type { Preference } from "@/components/ui/use-stored";

/** Whether times are shown in UTC, as logs have them, or in the zone of this computer. */
export const ZONE: Preference<Zone> = {
  name: "zone",
  fallback: "utc",
  read: (stored) => (stored === "utc" || stored === "local" ? stored : undefined),
};

/** Whether the times of rows are instants, or how long after the beginning of the range they are. */
export const TIME_STYLE: Preference<"absolute" | "relative"> = {
  name: "time-style",
  fallback: "absolute",
  read: (stored) => (stored === "absolute" || stored === "relative" ? stored : undefined),
};
