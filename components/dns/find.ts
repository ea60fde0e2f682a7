/** The line to find rows by, which all parts of the view share; its text is in the link. */

import type { ScopeHandle } from "@/components/frame/use-scope";

export interface Find {
  readonly find: string;
  readonly onFind: (text: string) => void;
  /** Whether any of the texts holds what is looked for. */
  readonly isFound: (...texts: readonly string[]) => boolean;
}

export function findOf(scope: ScopeHandle): Find {
  const find = scope.view.find ?? "";
  const wanted = find.toLowerCase();
  return {
    find,
    onFind: (text) => scope.setView({ find: text === "" ? null : text }, "replace"),
    isFound: (...texts) => texts.some((text) => text.toLowerCase().includes(wanted)),
  };
}
