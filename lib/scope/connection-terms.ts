/** The terms of a filter that lead from a number about TCP connections to exactly what it counts. */

import { makeTerm, type Term } from "./filter";
import type { ConnectionWord } from "./outcome-kinds";

const TCP = makeTerm("protocol", [{ type: "word", word: "tcp" }]);

/** All attempts, whatever became of them. */
export const ATTEMPTS: readonly Term[] = [TCP, makeTerm("attempt", [{ type: "word", word: "yes" }])];

/** Connections of which any of these words holds. */
export function connectionTerms(...words: readonly ConnectionWord[]): readonly Term[] {
  return [
    TCP,
    makeTerm(
      "connection",
      words.map((word) => ({ type: "word", word })),
    ),
  ];
}
