import type { Flow, OtherRecord } from "@/lib/flow/flow";

/** What a document turned out to be, and which format wrote it. */
export interface Decoded {
  readonly format: string;
  readonly record:
    | { readonly kind: "flow"; readonly flow: Flow }
    | { readonly kind: "other"; readonly other: OtherRecord };
}

/** Why a document was refused. Stable words, documented in docs/formats.md. */
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
