/**
 * The nearest word of a list, for "did you mean". Compares without case; a word that begins with what was
 * typed wins over one that differs by a few letters; ties go to the earlier word.
 */
export function nearestWord(typed: string, words: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase();
  if (wanted.length < 2 || wanted.length > 64) return undefined;
  const begun = words.find((word) => word.toLowerCase().startsWith(wanted));
  if (begun !== undefined) return begun;
  let best: string | undefined;
  let bestDistance = allowedDistance(wanted.length) + 1;
  for (const word of words) {
    const distance = editDistance(wanted, word.toLowerCase());
    if (distance < bestDistance) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

/** Short words are near everything, so they may differ in one letter only. */
function allowedDistance(length: number): number {
  if (length <= 3) return 1;
  return length <= 7 ? 2 : 3;
}

/** Optimal string alignment: insert, delete, change, swap two neighbours, each counts one. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a.charAt(i - 1) === b.charAt(j - 1) ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + change);
      const swapped =
        i > 1 && j > 1 && a.charAt(i - 1) === b.charAt(j - 2) && a.charAt(i - 2) === b.charAt(j - 1);
      if (swapped) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
