/** Whether what was cut out of a text is certain to be a member of the flow that was decoded from it. */

/** What was cut is what the flow has, and the name stands once (with a blank behind it too); nothing was cut where it has nothing. */
export function isMember(
  text: string,
  name: string,
  cut: string | number | undefined,
  has: string | number | undefined,
): boolean {
  return cut === has && (cut === undefined || countOf(text, name) === 1);
}

export function countOf(text: string, name: string): number {
  let count = 0;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) count++;
  return count;
}
