import Link from "next/link";
import { linkText } from "@/components/frame/link-change";
import { viewAddress } from "@/components/frame/views";
import { formatRange, type Zone } from "@/components/ui/clock";
import { formatQuantity } from "@/components/ui/format";
import { encodeScope, type Scope } from "@/lib/scope/link";
import type { Onset } from "./onset";
import styles from "./overview-view.module.css";

interface OnsetLineProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly onset: Onset;
  readonly zone: Zone;
}

/** How much is shown before the trouble begins, to see what changed. */
const BEFORE = 60_000_000_000n;

/** Says when most of it began, which is where to look for what changed. */
export function OnsetLine({ captureId, scope, onset, zone }: OnsetLineProps) {
  const { causes, from, to } = onset;
  const around = linkText(encodeScope({ ...scope, from: from - BEFORE, to: to + 1n }));
  return (
    <p className={styles.onset}>
      <strong>
        {formatQuantity(causes, "of them", "of them")} began together, {formatRange(from, to, zone)}
      </strong>
      : something changed then. They are marked red.{" "}
      <Link href={viewAddress(captureId, "flows", around)}>Flows around it</Link>
    </p>
  );
}
