import type { InvestigationStatus } from "@/lib/investigations/investigation";

export const STATUS_LABELS: Readonly<Record<InvestigationStatus, string>> = {
  open: "Open",
  explained: "Explained",
  fixed: "Fixed",
};
