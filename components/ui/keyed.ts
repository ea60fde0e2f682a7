/**
 * Keys for what has no name of its own: what it says, and which of those that say the same it is. So they stay with their
 * things when others come or go.
 */
export function keyed<Thing>(
  things: readonly Thing[],
  says: (thing: Thing) => string,
): { readonly key: string; readonly thing: Thing }[] {
  const seen = new Map<string, number>();
  return things.map((thing) => {
    const text = says(thing);
    const before = seen.get(text) ?? 0;
    seen.set(text, before + 1);
    return { key: `${before} ${text}`, thing };
  });
}
