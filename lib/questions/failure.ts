/** Why a question got no answer. The codes are those of lib/http/errors.ts that a question can meet. */
export interface QuestionFailure {
  readonly code:
    | "bad_request"
    | "capture_not_found"
    | "capture_newer_than_program"
    | "capture_damaged"
    | "capture_pinned"
    | "cause_not_found"
    | "cursor_invalid"
    | "scope_too_wide"
    | "filter_invalid"
    | "file_not_found"
    | "flow_not_found"
    | "question_timeout"
    | "revision_not_found"
    | "too_busy"
    | "internal";
  readonly message: string;
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}
