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

const MEMBER = { client: "client", "client-pod": "clientPod", server: "server", pod: "pod" } as const;
type ActorBy = keyof typeof MEMBER;

/** Whose row it is, in a table by client, server, or pod of either; null where it is not known. */
export function actorOfRow(
  by: ActorBy,
  key: Partial<Readonly<Record<(typeof MEMBER)[ActorBy], string | null>>>,
): string | null {
  return key[MEMBER[by]] ?? null;
}
