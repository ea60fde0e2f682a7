/** Names of actors side by side: without the cluster where all that are shown have the same one. */

import { visible } from "@/components/ui/text";
import { actorName } from "./actors";

/** Cuts the cluster that all the keys end with; a key without one keeps all as they are. */
export function actorNames(keys: readonly (string | null | undefined)[]): (key: string | null) => string {
  const endings = new Set(keys.flatMap((key) => (typeof key === "string" ? [endingOf(key)] : [])));
  return (key) => {
    if (key === null) return "not known";
    return endings.size > 1 ? visible(key) : actorName(key);
  };
}

function endingOf(key: string): string {
  const at = key.lastIndexOf("@");
  return at > 0 ? key.slice(at) : "";
}
