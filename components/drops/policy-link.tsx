import { viewWith } from "@/components/frame/flows-address";
import { Link } from "@/components/ui/link";
import type { DropRow } from "@/lib/questions/answers-drops";
import { makeTerm } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";
import { policySet } from "@/lib/scope/policy-set-kind";
import { decidedText } from "./drop-words";

interface PolicyLinkProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly row: DropRow;
}

/** What decided; named policies lead to all causes of theirs. */
export function PolicyLink({ captureId, scope, row }: PolicyLinkProps) {
  const text = <bdi>{decidedText(row)}</bdi>;
  if (row.policies.length === 0) return text;
  return (
    <Link
      href={viewWith(captureId, "drops", scope, makeTerm("denied-by", [policySet(row.policies)]))}
      title="All causes of this policy"
    >
      {text}
    </Link>
  );
}
