import type { ScopeHandle } from "@/components/frame/use-scope";
import type { Scope } from "@/lib/scope/link";

/** What every part of the view is given. */
export interface WorkloadPartProps {
  readonly captureId: string;
  readonly handle: ScopeHandle;
  readonly scope: Scope;
}
