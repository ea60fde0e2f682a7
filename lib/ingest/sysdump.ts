/**
 * Which entries of an archive are tried.
 *
 * Mostly all: whether an entry holds records is seen when it is read. A `cilium sysdump` holds gigabytes of
 * other things, so in one only files are tried whose names say that they may hold flows: `hubble-flows-*.json`
 * (collected by `hubble observe` on each node), exporter files, and what begins with `cilium-` and may hold some,
 * such as the archives of `cilium-bugtool`.
 */

const SYSDUMP = /^cilium-sysdump/i;
const FLOWS = /^hubble-(?:flows|observe)|^events.*\.(?:log|json)/i;
const MAYBE = /^cilium-.*\.(?:json|jsonl|log|tar|tgz|zip)(?:\.gz|\.zst)?$/i;

/** Why an entry is not tried; `names` lead to it from the outermost archive in, each with its folders. */
export function asideByName(names: readonly string[]): string | undefined {
  const parts = names.flatMap((name) => name.split(/[/\\]/));
  const base = parts.at(-1) ?? "";
  if (base.startsWith(".") || parts.includes("__MACOSX")) return "hidden";
  if (!names.some(isSysdump)) return undefined;
  return FLOWS.test(base) || MAYBE.test(base) ? undefined : "not a flow log, by its place in a sysdump";
}

/** Its folder has the name that `cilium sysdump` gives. */
function isSysdump(name: string): boolean {
  return name
    .split(/[/\\]/)
    .slice(0, -1)
    .some((part) => SYSDUMP.test(part));
}
