/** What a row of the table of keys says (keys.ts). */

import type { ValueKind } from "./value-kind";

/** The side of the packet: `pod:` is either, `from-pod:` the source, `to-pod:` the destination. */
export type Side = "either" | "from" | "to";

export interface KeyShape {
  readonly key: string;
  /** Other words accepted on input; they take `from-` and `to-` like the key. */
  readonly aliases?: readonly string[];
  readonly hubble: boolean;
  /** Has `from-` and `to-` forms. */
  readonly sided: boolean;
  /** For chips and menus. */
  readonly label: string;
  /** One sentence, shown in completion and in the guide. */
  readonly help: string;
  /** A whole term. */
  readonly example: string;
  readonly kind: ValueKind<unknown>;
  /** False where "the record has none" has no meaning, so that `key:-` is refused. */
  readonly none?: false;
  /** False where "the export left it out" has no meaning, so that `key:?` is refused. */
  readonly unknown?: false;
}
