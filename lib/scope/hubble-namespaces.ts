/** How `--namespace`, its sides and `--all-namespaces` complete the pods and services of a command, as Hubble has it. */

import { commandFailed, type FailedCommand } from "./command-failure";
import { ALL_NAMESPACES, type FilterFlag } from "./hubble-flags";
import { type Side, spellKey } from "./keys";
import type { PodValue, ServiceValue } from "./name-kinds";
import { shown } from "./value-kind";

/** Namespaces given by flags; the empty text stands for "any". */
export type Namespaces = Readonly<Record<Side, readonly string[]>>;

export function namespacesOf(flags: readonly FilterFlag[]): Namespaces {
  const of = (side: Side) =>
    flags.flatMap((flag) => {
      if (ALL_NAMESPACES.get(flag.word) === side) return [""];
      return flag.word === spellKey("namespace", side) ? [flag.value] : [];
    });
  return { either: of("either"), from: of("from"), to: of("to") };
}

/** `--from-namespace` completes `--from-pod`; `-n` completes the pods of every side that has no own. */
export function namespacesFor(side: Side, namespaces: Namespaces): readonly string[] {
  return namespaces[side].length > 0 ? namespaces[side] : namespaces.either;
}

function isNamed(word: string, side: Side): boolean {
  return word === spellKey("pod", side) || word === spellKey("service", side);
}

/** A namespace that completes pods and services is no condition of its own. */
export function isAbsorbed(side: Side, flags: readonly FilterFlag[], namespaces: Namespaces): boolean {
  if (namespaces[side].includes("")) return true;
  const sides: readonly Side[] = side === "either" ? ["either", "from", "to"] : [side];
  return sides.some(
    (other) =>
      (other === side || namespaces[other].length === 0) && flags.some((flag) => isNamed(flag.word, other)),
  );
}

/** What Hubble refuses as well, because the flags contradict each other. */
export function namespaceConflict(
  flags: readonly FilterFlag[],
  namespaces: Namespaces,
): FailedCommand | undefined {
  const sided = namespaces.from.length + namespaces.to.length > 0;
  if (sided && (namespaces.either.length > 0 || flags.some((flag) => flag.word === "pod"))) {
    return commandFailed(
      "--from-namespace and --to-namespace cannot be combined with --namespace or --pod.",
      "Write --pod namespace/name.",
    );
  }
  for (const side of ["either", "from", "to"] as const) {
    const around = namespacesFor(side, namespaces);
    if (around.includes("") && around.some((namespace) => namespace !== "")) {
      return commandFailed("--namespace and --all-namespaces cannot be combined.");
    }
    for (const flag of flags.filter(({ word, value }) => isNamed(word, side) && value.includes("/"))) {
      const own = flag.value.slice(0, flag.value.indexOf("/"));
      const clash = around.find((namespace) => namespace !== "" && own !== "" && namespace !== own);
      if (clash !== undefined)
        return commandFailed(
          `Namespace ${shown(clash)} and --${flag.word} ${shown(flag.value)} contradict each other.`,
        );
    }
  }
  return undefined;
}

/** Hubble's `[namespace/]prefix`, without escapes; `/prefix` is in any namespace. */
export function hubbleNames(
  type: "pod" | "service",
  text: string,
  around: readonly string[],
): (PodValue | ServiceValue)[] {
  const slash = text.indexOf("/");
  const namespaces = slash >= 0 ? [text.slice(0, slash)] : around.length > 0 ? around : ["default"];
  const name = text.slice(slash + 1);
  return namespaces.map((namespace) => ({
    type,
    ...(namespace === "" ? {} : { namespace }),
    name,
    isExact: false,
  }));
}
