/**
 * What a call of the HTTP interface is: method, address, what it takes, what it answers, how it can fail.
 *
 * Everything that can be said about a call stands in its row, so that routes, description and tests cannot
 * differ. Schemas of parameters read texts, as they stand in an address.
 */

import { z } from "zod";
import type { ErrorCode } from "@/lib/http/errors";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** `json`: checked by its schema. `bytes` and `text`: of this type. `events`: each message is JSON of the schema. */
export type AnswerKind =
  | { readonly kind: "json"; readonly schema: z.ZodType; readonly says: string }
  | { readonly kind: "events"; readonly schema: z.ZodType; readonly says: string }
  | { readonly kind: "bytes" | "text"; readonly types: readonly string[]; readonly says: string }
  | { readonly kind: "empty"; readonly says: string };

/** `raw`: any bytes, streamed; nothing of it is parsed by the route. */
export type BodyKind = z.ZodType | "raw";

export interface Call<
  Query extends z.ZodObject = z.ZodObject,
  Path extends z.ZodObject = z.ZodObject,
  Body extends BodyKind | undefined = BodyKind | undefined,
> {
  readonly method: Method;
  /** Below `/api/v1`, with parts in braces: `/captures/{captureId}/flows`. */
  readonly address: `/${string}`;
  /** One sentence without its full stop. */
  readonly does: string;
  /** Parts of the address. */
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  /** By status. The first is what a route answers unless it says otherwise. */
  readonly answers: Readonly<Record<number, AnswerKind>>;
  /** Beside those that every call can answer ({@link ANYWHERE}). */
  readonly errors: readonly ErrorCode[];
}

/** What any request can meet, whatever it asks for. */
export const ANYWHERE: readonly ErrorCode[] = [
  "bad_request",
  "sign_in_needed",
  "host_refused",
  "origin_refused",
  "not_found",
  "method_not_allowed",
  "too_many_attempts",
  "internal",
  "stopping",
];

/** What a call below `/captures/{captureId}` can meet. */
export const OF_A_CAPTURE: readonly ErrorCode[] = [
  "capture_not_found",
  "capture_damaged",
  "capture_newer_than_program",
  "too_busy",
  "question_timeout",
];

/** What a question over a scope can meet. */
export const OF_A_SCOPE: readonly ErrorCode[] = [...OF_A_CAPTURE, "filter_invalid", "revision_not_found"];

const NOTHING = z.object({});
type Nothing = typeof NOTHING;

type CallRow<Query, Path, Body> = Pick<Call, "method" | "address" | "does" | "answers"> & {
  readonly path?: Path;
  readonly query?: Query;
  readonly body?: Body;
  readonly errors?: readonly ErrorCode[];
};

/** A row, with what it leaves out filled in: that is what the type parameters are where nothing infers them. */
export function call<
  Query extends z.ZodObject = Nothing,
  Path extends z.ZodObject = Nothing,
  Body extends BodyKind | undefined = undefined,
>(row: CallRow<Query, Path, Body>): Call<Query, Path, Body>;
export function call(row: CallRow<z.ZodObject, z.ZodObject, BodyKind | undefined>): Call {
  return { path: NOTHING, query: NOTHING, body: undefined, errors: [], ...row };
}

export function jsonAnswer(schema: z.ZodType, says: string): AnswerKind {
  return { kind: "json", schema, says };
}

export const captureIdSchema = z
  .string()
  .regex(/^[a-z0-9]{10,32}$/)
  .describe("Id of a capture, as `GET /captures` lists it.");

export const capturePath = z.object({ captureId: captureIdSchema });

/** A whole number between these two, which are in the range. */
export const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

const revision = z.string().max(20).optional().describe("The capture's revision that a link was made for.");

/** Of a question that has no scope. */
export const revisionQuery = z.object({ revision });

/** The scope: what every question over flows takes. */
export const scopeQuery = z.object({
  q: z.string().max(10_000).optional().describe("The filter; see docs/filter.md."),
  from: z.string().max(100).optional().describe("RFC 3339; in the range."),
  to: z.string().max(100).optional().describe("RFC 3339; the first instant behind the range."),
  revision,
});

type QuestionRow<Query, Path> = Pick<Call, "does"> & {
  /** Below the capture: `/timeline`. */
  readonly address: `/${string}`;
  readonly answer: AnswerKind;
  /** The scope's parameters with the question's own; without it the scope's alone. */
  readonly query?: Query;
  readonly path?: Path;
  readonly errors?: readonly ErrorCode[];
};

/** A question over the flows of a scope: `GET` below a capture, with the scope's parameters and failures. */
export function question<
  Query extends z.ZodObject = typeof scopeQuery,
  Path extends z.ZodObject = typeof capturePath,
>(row: QuestionRow<Query, Path>): Call<Query, Path, undefined>;
export function question({
  address,
  does,
  answer,
  path = capturePath,
  query = scopeQuery,
  errors = [],
}: QuestionRow<z.ZodObject, z.ZodObject>): Call {
  return {
    ...{ method: "GET", address: `/captures/{captureId}${address}`, does, path, query, body: undefined },
    answers: { 200: answer },
    errors: [...OF_A_SCOPE, ...errors],
  };
}
