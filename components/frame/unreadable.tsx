import { Empty } from "@/components/ui/empty";
import type { ScopeHandle } from "./use-scope";

interface UnreadableProps {
  /** What is not shown: "rows". */
  readonly what: string;
  readonly scope: Pick<ScopeHandle, "problems">;
}

/** Stands in the place of a view while filter or link have a mistake. Which of the two it is decides the words. */
export function Unreadable({ what, scope }: UnreadableProps) {
  const isTyped = scope.problems.every(({ parameter }) => parameter === "q");
  return (
    <Empty title={`No ${what}: ${isTyped ? "the filter" : "this link"} cannot be read.`} role="status">
      What is wrong stands above.
    </Empty>
  );
}
