import type { Zone } from "@/components/ui/clock";
import type { Preference } from "@/components/ui/use-stored";

/** Whether times are shown in UTC, as logs have them, or in the zone of this computer. */
export const ZONE: Preference<Zone> = {
  name: "zone",
  fallback: "utc",
  read: (stored) => (stored === "utc" || stored === "local" ? stored : undefined),
};
