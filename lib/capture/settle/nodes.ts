import type { Sqlite } from "../driver";

/**
 * A number of its node for each observer, by the order of names: the same whatever came in first. Observers of one node
 * (its interfaces) share it; 0 where the node was left out.
 */
export function nodeNumbers(database: Sqlite): ReadonlyMap<number, number> {
  const rows = database.prepare("SELECT id, nodeName FROM Observer").rows([]);
  const names = [...new Set(rows.flatMap(([, name]) => (name === null ? [] : [String(name)])))].sort();
  const numberOf = new Map(names.map((name, i) => [name, i + 1]));
  return new Map(
    rows.map(([id, name]) => [Number(id), name === null ? 0 : (numberOf.get(String(name)) ?? 0)]),
  );
}

/** The same as an array, for a look into it per row; 0 for an id that is not there. */
export function byId(numbers: ReadonlyMap<number, number>): Int32Array {
  let largest = 0;
  for (const id of numbers.keys()) largest = Math.max(largest, id);
  const array = new Int32Array(largest + 1);
  for (const [id, number] of numbers) array[id] = number;
  return array;
}

/** 1 at each of these ids. */
export function marks(ids: Iterable<number>): Uint8Array {
  return Uint8Array.from(byId(new Map([...ids].map((id) => [id, 1]))));
}
