/** The shape of a row of flows, and of a side of one; conventions as in answers.ts. */

import { z } from "zod";

const count = z.number().int().nonnegative();
const time = z.string().nullable();
const text = z.string().nullable();
const ns = z.string().regex(/^-?\d+$/);

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
  /** The side of the packet that asked, as settled from all records (docs/product.md, "Client and server"); null = unknown. */
  client: z.enum(["source", "destination"]).nullable(),
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
