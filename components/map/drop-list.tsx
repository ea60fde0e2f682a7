import { flowsAddress } from "@/components/frame/flows-address";
import { formatQuantity } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { visible } from "@/components/ui/text";
import type { DropRow } from "@/lib/questions/answers-drops";
import { parseFilter } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";
import styles from "./map-drawer.module.css";

interface DropListProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly rows: readonly DropRow[] | undefined;
  readonly nameOf: (row: DropRow) => string;
}

/** Drops of a scope by something, each number a link. */
export function DropList({ captureId, scope, rows, nameOf }: DropListProps) {
  if (rows === undefined) return <p className={styles.quiet}>Counting …</p>;
  return (
    <table className={styles.list}>
      <tbody>
        {rows.map((row) => {
          const parsed = parseFilter(row.filter);
          const text = formatQuantity(row.drops, "drop");
          return (
            <tr key={row.filter}>
              <td>{nameOf(row)}</td>
              <td className={styles.number}>
                {parsed.ok ? (
                  <Link href={flowsAddress(captureId, scope, ...parsed.value.terms)}>{text}</Link>
                ) : (
                  text
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function reasonName({ key, reasonText }: DropRow): string {
  const code = key.code === null || key.code === undefined ? "" : ` (${key.code})`;
  return key.reason
    ? `${visible(key.reason)}${code}`
    : visible(reasonText ?? "refused by an L7 rule, or not said");
}

const DECIDED: Readonly<Record<NonNullable<DropRow["decidedBy"]>, string>> = {
  "default-deny": "default deny: no rule matched",
  policy: "a deny rule whose policy the log does not name",
  "l7-rule": "an L7 rule",
  authentication: "mutual authentication",
  datapath: "the datapath, not a policy",
  unknown: "not known",
};

export function deciderName({ key }: DropRow): string {
  const policies = key.policies ?? [];
  if (policies.length === 0) return DECIDED[key.decidedBy ?? "unknown"];
  return policies
    .map(({ kind, namespace, name }) =>
      visible([kind, namespace, name].filter(Boolean).join(" ") || "unnamed policy"),
    )
    .join(", ");
}
