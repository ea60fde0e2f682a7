import type { ScopeHandle } from "@/components/frame/use-scope";
import type { L7Protocol } from "@/lib/questions/answers-l7";
import type { Scope } from "@/lib/scope/link";

/** What every part of the view is given. */
export interface L7PartProps {
  readonly captureId: string;
  readonly handle: ScopeHandle;
  readonly scope: Scope;
  readonly protocol: L7Protocol;
}
