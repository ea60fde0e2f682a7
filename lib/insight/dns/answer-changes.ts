/**
 * Names whose addresses changed during a capture.
 *
 * A name with several addresses gives them in turns, and that is no change. One is: from some moment on only addresses
 * that were never given before, while none of the earlier ones comes back. More than a few of these are rotation.
 */

/** An address of one name and type, with the first and last time that an answer held it. */
export interface AddressSpan {
  readonly address: string;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

export interface AnswerChange {
  /** The first answer with the new addresses. */
  readonly atNs: bigint;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** More changes than this are the name's way of spreading its load. */
const FEW = 3;

/** In order of time; none where addresses take turns or rotate. */
export function findAnswerChanges(spans: readonly AddressSpan[]): AnswerChange[] {
  const sorted = [...spans].sort((a, b) => compare(a.firstNs, b.firstNs) || (a.address < b.address ? -1 : 1));
  const groups: { addresses: string[]; firstNs: bigint; lastNs: bigint }[] = [];
  for (const { address, firstNs, lastNs } of sorted) {
    const group = groups.at(-1);
    if (group === undefined || firstNs > group.lastNs) groups.push({ addresses: [address], firstNs, lastNs });
    else {
      group.addresses.push(address);
      if (lastNs > group.lastNs) group.lastNs = lastNs;
    }
  }
  if (groups.length - 1 > FEW) return [];
  return groups.slice(1).map((group, at) => ({
    atNs: group.firstNs,
    before: [...(groups[at]?.addresses ?? [])].sort(),
    after: [...group.addresses].sort(),
  }));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}
