import { formatQuantity } from "@/components/ui/format";

/** What the operator has set: nobody should be surprised by a capture that is gone. */
export function KeepNote({ days }: { readonly days: number }) {
  return (
    <p>
      Captures are deleted {formatQuantity(days, "day")} after the last file was added to them. Those that an
      investigation shows are kept.
    </p>
  );
}
