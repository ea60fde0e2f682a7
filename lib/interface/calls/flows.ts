/** Flows: what there is in all, pages of them, one with everything about it, how they spread over time. */

import { z } from "zod";
import {
  facetsAnswerSchema,
  flowAnswerSchema,
  flowsAnswerSchema,
  summaryAnswerSchema,
  timelineAnswerSchema,
} from "@/lib/questions/answers";
import { CSV_COLUMNS } from "@/lib/questions/export/csv";
import { SORT_COLUMNS } from "@/lib/questions/flow-order";
import { TIMELINE_BY } from "@/lib/questions/series";
import {
  call,
  capturePath,
  jsonAnswer,
  OF_A_CAPTURE,
  question,
  revisionQuery,
  scopeQuery,
  whole,
} from "../call";

const flowsQuery = scopeQuery
  .extend({
    limit: whole(0, 500).default(100).describe("0 asks for the count alone."),
    order: z.enum(["asc", "desc"]).default("asc"),
    sort: z
      .enum(["time", ...SORT_COLUMNS])
      .default("time")
      .describe("The column; all but `time` only for scopes of 100,000 records at most."),
    cursor: z.string().max(200).optional().describe("`next` or `previous` of an answer."),
    position: z.coerce.number().int().min(0).optional().describe("Number of the first row, from 0."),
    at: z.string().max(100).optional().describe("RFC 3339: start at this time."),
    flow: z.string().max(100).optional().describe("Start at this flow, wherever it stands."),
    total: z.enum(["true", "false"]).default("true").describe("`false` leaves the count out."),
  })
  .refine(
    ({ cursor, position, at, flow }) =>
      [cursor, position, at, flow].filter((start) => start !== undefined).length <= 1,
    "Give one of cursor, position, at and flow.",
  );

const COLUMN_NAMES = Object.keys(CSV_COLUMNS) as [string, ...string[]];

const flowPath = capturePath.extend({ flowId: z.string().describe("`id` of a flow.") });

export const flowCalls = {
  summary: question({
    address: "/summary",
    does: "What there is in the scope, in every unit",
    answer: jsonAnswer(summaryAnswerSchema, "The counts."),
  }),
  flows: question({
    address: "/flows",
    does: "A page of flows, and how many there are",
    query: flowsQuery,
    answer: jsonAnswer(flowsAnswerSchema, "The page."),
    errors: ["cursor_invalid", "flow_not_found", "scope_too_wide"],
  }),
  flow: call({
    method: "GET",
    address: "/captures/{captureId}/flows/{flowId}",
    does: "One flow with all its fields and its record",
    path: flowPath,
    query: revisionQuery,
    answers: { 200: jsonAnswer(flowAnswerSchema, "The flow.") },
    errors: [...OF_A_CAPTURE, "flow_not_found", "revision_not_found"],
  }),
  flowBytes: call({
    method: "GET",
    address: "/captures/{captureId}/flows/{flowId}/raw",
    does: "The bytes of a flow's record, exactly as they were received",
    path: flowPath,
    query: revisionQuery,
    answers: { 200: { kind: "bytes", types: ["application/octet-stream"], says: "A download." } },
    errors: [...OF_A_CAPTURE, "flow_not_found", "revision_not_found"],
  }),
  export: question({
    address: "/export",
    does: "The scope as a download, in file and line order",
    query: scopeQuery.extend({
      format: z.enum(["jsonl", "csv"]).default("jsonl"),
      columns: z
        .string()
        .max(2000)
        .transform((list) => list.split(","))
        .pipe(z.array(z.enum(COLUMN_NAMES)).max(COLUMN_NAMES.length))
        .optional()
        .describe("Of CSV: names with commas between them; see docs/interface.md."),
    }),
    answer: {
      kind: "text",
      types: ["application/x-ndjson", "text/csv; charset=utf-8"],
      says: "`jsonl`: the records, one a line. `csv`: a head row, then one for each flow.",
    },
  }),
  timeline: question({
    address: "/timeline",
    does: "Events or drops over time, by one thing, and the stretches in which events were lost",
    query: scopeQuery.extend({
      by: z.enum(TIMELINE_BY).default("verdict"),
      buckets: whole(2, 2000).default(120).describe("At most so many."),
    }),
    answer: jsonAnswer(timelineAnswerSchema, "The time line."),
  }),
  facets: question({
    address: "/facets",
    does: "Values of keys in the scope with their events, each without its own terms",
    query: scopeQuery.extend({
      keys: z
        .string()
        .min(1)
        .max(400)
        .describe("Keys of the filter with commas between them: `verdict,from-namespace`."),
      limit: whole(1, 1000).default(20).describe("Values listed for each key."),
      prefix: z
        .string()
        .max(300)
        .optional()
        .describe("Only values that begin with this, or have a part behind a slash that does, in any case."),
    }),
    answer: jsonAnswer(facetsAnswerSchema, "The facets by key, as it was asked for."),
  }),
};
