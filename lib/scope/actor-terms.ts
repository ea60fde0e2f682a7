import type { ActorLevel, ActorValue } from "./actor-kinds";
import type { SpecialValue } from "./value-kind";

/** Exactly the actor with this key; `null` is one that is not known. */
export function actorOf(level: ActorLevel, key: string | null): ActorValue | SpecialValue {
  return key === null ? { type: "unknown" } : { type: "actor", level, key: [key] };
}
