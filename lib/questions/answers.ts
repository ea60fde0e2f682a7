/**
 * The shapes of all answers, as the HTTP interface gives them. Types, validation and the interface's
 * description come from these schemas.
 *
 * Times are RFC 3339 with nine digits, except fields ending in `Ns` (decimal text). A value that the log
 * did not hold is null.
 */

import { z } from "zod";
import { fileReportSchema } from "@/lib/capture/files";
import { flowSchema } from "@/lib/flow/flow";
import { DECIDED_BY } from "@/lib/insight/causes/drop-key";
import { connectionRecordSchema, storySchema } from "./connection-answer";
import { flowRowSchema, type partySchema } from "./flow-row-answer";

const count = z.number().int().nonnegative();
const time = z.string().nullable();
const text = z.string().nullable();
const ns = z.string().regex(/^-?\d+$/);

/** What an answer is worth: printed beside it. */
export const metaSchema = z.object({
  revision: count,
  unit: z.enum(["events", "records", "drops", "attempts", "requests"]),
  /** False when counts are "at least" or "at most"; a note says which and why. */
  exact: z.boolean(),
  /** True while a file is being read or settled. */
  partial: z.boolean(),
  notes: z.array(z.string()),
});

export const summaryAnswerSchema = z.object({
  meta: metaSchema,
  /** Records of flows, and flows: one each. They equal `total.records` of the flows in the same scope. */
  records: count,
  flows: count,
  events: count,
  /** Events by verdict. */
  verdicts: z.record(z.string(), count),
  /** null until the capture is settled; a note says so. */
  drops: count.nullable(),
  /** Events whose verdict is DROPPED although nothing was lost. */
  notLosses: count,
  /** Events that a policy in audit mode would have dropped. */
  audited: count,
  /** null when no flow has ports and a time, and like the next five until the capture is settled. */
  attempts: count.nullable(),
  requests: count.nullable(),
  /** What is wrong: causes of the drops; DNS answers with an error, those of the search list left out; failed or refused requests. */
  dropCauses: count.nullable(),
  /** Of these, the ones that are most likely harmless. */
  harmlessCauses: count.nullable(),
  dnsErrors: count.nullable(),
  l7Errors: count.nullable(),
  /** Events without a readable time. */
  untimed: count,
  first: time,
  last: time,
  /** By name; last what came without one. */
  nodes: z.array(z.object({ name: text, events: count, first: time, last: time })),
});

export const flowsAnswerSchema = z.object({
  meta: metaSchema,
  /** null when it was not asked for (`total=false`). `drops` is null until drops are joined. */
  total: z.object({ records: count, events: count, drops: count.nullable() }).nullable(),
  flows: z.array(
    flowRowSchema.extend({
      /** Of a policy verdict: the drop record that tells of the same drop. The drop counts there. */
      sameDropAs: text,
    }),
  ),
  /** Opaque; null at either end. */
  next: text,
  previous: text,
  /** Number of the first row in the whole order, when the page was asked for by its place, or is sorted by a column. */
  position: count.nullable(),
});

export const flowAnswerSchema = z.object({
  meta: metaSchema,
  flow: flowSchema.extend({ id: z.string() }),
  row: flowRowSchema,
  raw: z.object({
    text: z.string(),
    /** True when the text says the bytes without loss. */
    exact: z.boolean(),
    file: z.string(),
    fileId: count,
    line: count,
    offset: count,
    bytes: count,
    /** What wrote it: hubble, hubble-bare, retina, log-analytics, hubble-compact, hubble-dict, hubble-table. */
    format: z.string(),
    /** True when the format holds less than the record had. */
    lossy: z.boolean(),
  }),
  /** All records of its connection, in the order of time; empty when the connection cannot be told from others. */
  connection: z.array(connectionRecordSchema),
  /** What they have in common; null with an empty `connection`. */
  story: storySchema.nullable(),
  /** Why `connection` is empty or not whole, as a sentence. */
  connectionNote: text,
  /** The other record of the same denial: of a drop record its policy verdict, and the other way round. */
  twin: z.string().nullable(),
  /** Of a flow that is a drop, or the twin of one. */
  cause: z
    .object({
      causeId: z.string(),
      sentence: z.string(),
      decidedBy: z.enum(DECIDED_BY),
      confidence: z.enum(["certain", "likely"]),
      policies: z.array(z.object({ kind: text, namespace: text, name: text })),
      remedy: z.string(),
      /** How many drops the record stands for, and whether they may be counted twice. */
      drops: count,
      atMost: z.boolean(),
    })
    .nullable(),
});

export const timelineAnswerSchema = z.object({
  meta: metaSchema,
  /** Width of a bucket, aligned to the epoch. */
  bucketNs: ns,
  /** First instant of the first bucket and the end of the last; null when nothing has a time. */
  fromNs: ns.nullable(),
  toNs: ns.nullable(),
  /** Per verdict, or what `by` names: [start of the bucket in ns, events or drops]. Buckets without events are left out. */
  series: z.array(z.object({ key: z.string(), points: z.array(z.tuple([ns, count])) })),
  /** Stretches in which events were lost. */
  gaps: z.array(z.object({ fromNs: ns, toNs: ns, lost: count, node: text, reason: z.string() })),
  untimed: count,
});

/** Values of keys in the scope with their events; see docs/filter.md and docs/interface.md. */
export const facetsAnswerSchema = z.object({
  meta: metaSchema,
  facets: z.record(
    z.string(),
    z.object({
      /** True: either end of the packet; a record counts under the values of both, so they do not add up. */
      sided: z.boolean(),
      /** Largest first. `value` can stand behind the key in a filter; `?` unknown, `-` none. */
      values: z.array(z.object({ value: z.string(), events: count })),
      /** How many further values there are. */
      more: count,
    }),
  ),
});

/** Progress of a file on its way in. */
export const progressSchema = z.object({
  fileId: count,
  file: z.string(),
  state: z.enum([
    "receiving",
    "waiting",
    "reading",
    "settling",
    "done",
    "nothing-new",
    "cancelled",
    "failed",
    "interrupted",
  ]),
  receivedBytes: count,
  /** Length that the upload announced. */
  expectedBytes: count.nullable(),
  /** Bytes of the file as uploaded that were read. */
  readBytes: count,
  read: count,
  flows: count,
  refused: count,
  recordsPerSecond: count,
  secondsLeft: z.number().nonnegative().nullable(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
});

export const captureSchema = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  /** ready; reading; newer = made by a newer program; damaged. */
  state: z.enum(["ready", "reading", "newer", "damaged"]),
  problem: text,
  revision: count,
  files: count,
  flows: count,
  events: count,
  drops: count.nullable().describe("Null before the first file is settled: not known."),
  nodes: count,
  first: time,
  last: time,
  sizeBytes: count,
  /** An older version settled it, and it is being worked out anew. */
  isSettlingAnew: z.boolean(),
  keptUntil: time.describe(
    "From when on the server deletes it by itself (`EYEPIECE_KEEP_DAYS`); null: it does not.",
  ),
  /** Files on their way in. */
  progress: z.array(progressSchema),
});
export const captureAnswerSchema = captureSchema.extend({ fileReports: z.array(fileReportSchema) });
/** One message of `GET /captures/{id}/progress`. */
export const progressEventSchema = z.object({ files: z.array(progressSchema), flows: count });

export { type FileReport, fileReportSchema } from "@/lib/capture/files";
export type Meta = z.infer<typeof metaSchema>;
export type Party = z.infer<typeof partySchema>;
export type FlowRow = z.infer<typeof flowRowSchema>;
export type SummaryAnswer = z.infer<typeof summaryAnswerSchema>;
export type FlowsAnswer = z.infer<typeof flowsAnswerSchema>;
export type FlowDetailAnswer = z.infer<typeof flowAnswerSchema>;
export type FacetsAnswer = z.infer<typeof facetsAnswerSchema>;
export type TimelineAnswer = z.infer<typeof timelineAnswerSchema>;
export type Progress = z.infer<typeof progressSchema>;
export type CaptureInfo = z.infer<typeof captureSchema>;
export type CaptureAnswer = z.infer<typeof captureAnswerSchema>;
export type ProgressEvent = z.infer<typeof progressEventSchema>;
