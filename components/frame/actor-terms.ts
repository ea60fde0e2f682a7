import type { ActorLevel, ActorValue } from "@/lib/scope/actor-kinds";
import type { SpecialValue } from "@/lib/scope/value-kind";

/** Exactly the actor with this key; `null` is one that is not known. */
export function actorOf(level: ActorLevel, key: string | null): ActorValue | SpecialValue {
  return key === null ? { type: "unknown" } : { type: "actor", level, key: [key] };
}
