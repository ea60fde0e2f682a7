/**
 * The one shape of every failure that leaves the server, and the table of all its codes.
 *
 * A code is stable: scripts may test for it. `docs/errors.md` lists the same codes for readers, and a
 * test keeps the two equal.
 */
import { z } from "zod";
import type { Failure } from "@/lib/base/result";

interface ErrorKind {
  readonly status: number;
  /** What the reader can do, when the place that fails knows nothing better. */
  readonly hint: string;
}

const kinds = {
  bad_request: { status: 400, hint: "Compare the request with docs/interface.md." },
  filter_invalid: { status: 400, hint: "Correct the term at the position named in details." },
  cursor_invalid: { status: 400, hint: "Start again from the first page, without a cursor." },
  scope_too_wide: { status: 400, hint: "Narrow the time range or the filter." },
  upload_incomplete: { status: 400, hint: "The connection ended early. Send the file again." },
  sign_in_needed: { status: 401, hint: "Sign in, or send the header Authorization: Bearer with the token." },
  passphrase_needed: { status: 401, hint: "Open the link in a browser and type the passphrase." },
  host_refused: {
    status: 403,
    hint: "Open the address that the server printed, or add this name to EYEPIECE_ALLOWED_HOSTS.",
  },
  origin_refused: {
    status: 403,
    hint: "Send the request from the program's own pages, or from a tool that is not a web page.",
  },
  not_found: { status: 404, hint: "Check the address." },
  capture_not_found: { status: 404, hint: "List the captures to see which there are." },
  file_not_found: { status: 404, hint: "Ask for the capture's report to see its files." },
  flow_not_found: { status: 404, hint: "Check the flow id and the capture." },
  cause_not_found: { status: 404, hint: "Ask for the drops by cause to see which there are." },
  revision_not_found: { status: 404, hint: "Leave `revision` out to see the capture as it is now." },
  investigation_not_found: { status: 404, hint: "List the investigations to see which there are." },
  pin_not_found: { status: 404, hint: "Ask for the investigation to see its pins." },
  share_not_found: { status: 404, hint: "Check that the link was copied whole." },
  redaction_not_found: { status: 404, hint: "List the masked copies to see which there are." },
  method_not_allowed: { status: 405, hint: "The answer's Allow header names the methods." },
  capture_exists: { status: 409, hint: "Use another id, or delete the existing capture first." },
  capture_damaged: { status: 409, hint: "Restore its file from a copy, or delete the capture." },
  capture_newer_than_program: { status: 409, hint: "Update Eyepiece to open this capture." },
  capture_busy: { status: 409, hint: "Try again when that is done." },
  capture_pinned: { status: 409, hint: "Delete the investigations of this capture first." },
  redaction_leaks: {
    status: 409,
    hint: "Report the places in details; mask the kinds that they belong to, too.",
  },
  investigation_changed: { status: 409, hint: "Open it again and repeat the change." },
  investigation_damaged: { status: 409, hint: "Restore the catalogue from a copy." },
  investigation_newer: { status: 409, hint: "Update Eyepiece to open this investigation." },
  share_closed: { status: 410, hint: "Ask who sent the link for a new one." },
  too_large: { status: 413, hint: "Send less in one request." },
  capture_not_read: { status: 415, hint: "Export the capture again where it comes from." },
  evidence_not_read: { status: 415, hint: "Have the bundle made again where it comes from." },
  format_unknown: { status: 415, hint: "docs/formats.md lists what Eyepiece reads." },
  too_many_attempts: { status: 429, hint: "Wait as long as the answer's Retry-After header says." },
  internal: { status: 500, hint: "The server's log has a line with the same id." },
  stopping: { status: 503, hint: "The server is shutting down. Try again when it has started." },
  too_busy: { status: 503, hint: "Try again in a few seconds." },
  question_timeout: { status: 504, hint: "Narrow the time range or the filter." },
  disk_full: { status: 507, hint: "Free space on the disk of the data folder." },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof kinds;

const codes = Object.keys(kinds) as [ErrorCode, ...ErrorCode[]];

/** Code -> HTTP status and the hint given when the failure has none of its own. */
export const errorKinds: Readonly<Record<ErrorCode, ErrorKind>> = kinds;

export const errorReplySchema = z.object({
  error: z.object({
    code: z.enum(codes),
    message: z.string().min(1),
    hint: z.string().min(1),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
});

export type ErrorReply = z.infer<typeof errorReplySchema>;

export function toErrorReply(failure: Failure<ErrorCode>): ErrorReply {
  const { code, message, hint = errorKinds[code].hint, details } = failure;
  return { error: { code, message, hint, ...(details && { details: { ...details } }) } };
}
