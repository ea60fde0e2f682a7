import type { Result } from "@/lib/base/result";
import type { Flow, OtherRecord } from "@/lib/flow/flow";
import { isTextFormat } from "@/lib/flow/text-formats";

/** What a document turned out to be, and which format wrote it. */
export interface Decoded {
  readonly format: string;
  readonly record:
    | { readonly kind: "flow"; readonly flow: Flow }
    | { readonly kind: "other"; readonly other: OtherRecord };
  /**
   * What tells the record from others, where that is not all its bytes: a row of Log Analytics without the
   * random UUID that the shipper gave it.
   */
  readonly identity?: string;
}

/** A document that holds records: each is decoded or refused by itself. */
export interface Several {
  readonly several: readonly Result<Decoded, Refused>[];
}

/** Why a document was refused. */
export interface Refused {
  readonly code: RefusalCode;
  readonly message: string;
}

/** Formats that hold less than a record had: no labels, no drop codes, names that can be a pod's or a service's. */
export function isLossy(format: string): boolean {
  return isTextFormat(format);
}

/** Stable words, documented in docs/formats.md. */
export type RefusalCode =
  | "json_invalid"
  | "not_a_record"
  | "not_a_flow"
  | "known_not_read"
  | "field_invalid"
  | "torn"
  | "too_deep"
  | "too_long"
  | "not_text"
  | "packing_not_read"
  | "packing_broken"
  | "archive_encrypted"
  | "archive_bomb"
  | "archive_too_deep"
  | "archive_too_many";
