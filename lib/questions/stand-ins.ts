/** By id, the first one of the same name: it stands for the others where these need not be told apart (`Alike` of flow-buckets.ts). */
export function standIns(names: ReadonlyMap<number, string | null>): ReadonlyMap<number, number> {
  const firsts = new Map<string | null, number>();
  for (const [id, name] of names) if (!firsts.has(name)) firsts.set(name, id);
  return new Map([...names].map(([id, name]) => [id, firsts.get(name) ?? id]));
}
