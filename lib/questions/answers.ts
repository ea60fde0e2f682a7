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

export const partySchema = z.object({
  identity: count.nullable(),
  cluster: text,
  namespace: text,
  pod: text,
  workload: z.object({ kind: text, name: text }).nullable(),
  labels: z.array(z.string()).nullable(),
  ip: text,
  /** DNS names of the address, as the agent knew them. */
  names: z.array(z.string()),
  service: z.object({ namespace: text, name: text }).nullable(),
});

/** A flow as a row of the table: what the store holds in columns. Everything else is in the flow itself. */
export const flowRowSchema = z.object({
  /** Stable: hash of the record and its occurrence. */
  id: z.string(),
  time,
  node: text,
  verdict: z.string(),
  dropReason: text,
  dropCode: count.nullable(),
  trafficDirection: z.string(),
  /** null = unknown. */
  isReply: z.boolean().nullable(),
  /** L3_L4, L7, SOCK, or unknown. */
  type: z.string(),
  /** Word of `hubble observe --type`, with its sub-type where it has one: `trace:to-endpoint`, `drop:133`. */
  event: text,
  source: partySchema,
  destination: partySchema,
  /** Member of l4: TCP, UDP, ... */
  protocol: text,
  sourcePort: count.nullable(),
  destinationPort: count.nullable(),
  tcpFlags: z.array(z.string()),
  icmp: z.object({ type: count, code: count }).nullable(),
  l7: z
    .object({
      protocol: text,
      type: text,
      /** DNS name, URL or topic. */
      text,
      method: text,
      /** HTTP status. */
      status: count.nullable(),
      rcode: z.object({ code: count, name: z.string() }).nullable(),
      qtypes: z.array(z.string()),
      latencyNs: ns.nullable(),
    })
    .nullable(),
  policies: z.object({ allowedBy: z.array(z.string()), deniedBy: z.array(z.string()) }).nullable(),
  /** Events that the record stands for. */
  events: count,
  aggregated: z.boolean(),
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
  /** null when no flow has ports. */
  attempts: count.nullable(),
  requests: count.nullable(),
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
  flows: z.array(flowRowSchema),
  /** Opaque; null at either end. */
  next: text,
  previous: text,
  /** Number of the first row in the whole order, when the page was asked for by `position`. */
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
  nodes: count,
  first: time,
  last: time,
  sizeBytes: count,
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
