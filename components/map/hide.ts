/** The scope that the map shows: the reader's without what is hidden. */

import type { ScopeHandle } from "@/components/frame/use-scope";
import { encodeScope } from "@/lib/scope/link";
import { type Hide, termsOf, withoutHidden } from "@/lib/scope/map-hide";

/** The scope as the map shows it, for everything that counts and links. */
export function shownScope(handle: ScopeHandle, hide: Hide): ScopeHandle {
  if (handle.scope === undefined || termsOf(hide).length === 0) return handle;
  const scope = withoutHidden(handle.scope, hide);
  return { ...handle, scope, query: encodeScope(scope).toString() };
}
