/** Of a list in the order of time: the number of the first that was asked at `time` or later. */
export function firstAtOrAfter(list: readonly { readonly askedNs: bigint }[], time: bigint): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = list[middle];
    if (one !== undefined && one.askedNs < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
