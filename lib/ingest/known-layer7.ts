/** A record of layer 7 that is like an earlier one: what the values that were cut out of it mean (cut-layer7.ts). */

import { hash64, uuidHash } from "@/lib/base/hash";
import { NO_KEY } from "@/lib/flow/batch";
import type { Flow } from "@/lib/flow/flow";
import { headerOf, REDACTED } from "@/lib/flow/http";
import { type Cut, HAS } from "./cut";
import { countOf, isMember } from "./members";
import type { FlowIds } from "./pack";

type Header = NonNullable<NonNullable<NonNullable<Flow["l7"]>["http"]>["headers"]>[number];

export interface Layer7Cuts {
  /** Of each header that is cut out: what stands before its value where it is digested (headerHash of lib/flow/http.ts). */
  readonly headers: readonly Uint8Array[];
  /** Which of them says which request and answer belong together; -1 for none of them. */
  readonly requestId: number;
}

const REQUEST_ID = "x-request-id";
/** The kind of a flow goes by their values. */
const DECIDING = new Set(["content-type", "grpc-status"]);
/** Lowest sum of what only layer 7 has. */
const OF_LAYER7 = HAS.latency;

/** What the cuts are for; undefined when there are none of layer 7. "uncertain" when one may not be the flow's own member. */
export function certainLayer7(
  text: string,
  cut: Cut,
  bytes: Buffer,
  flow: Flow,
  ids: FlowIds,
): Layer7Cuts | undefined | "uncertain" {
  const { l7 } = flow;
  const of = (what: number, nth: number): string | undefined =>
    (cut.shape & what) === 0 ? undefined : cutValue(cut, bytes, nth);
  const latency = (cut.shape & HAS.latency) === 0 ? undefined : String(cut.latencyNs);
  const url = of(HAS.url, cut.url);
  const trace = of(HAS.trace, cut.trace);
  const isCertain =
    !/"(latencyNs|traceId)"/.test(text) &&
    isMember(text, '"latency_ns"', latency, l7?.latencyNs) &&
    (url === undefined || (l7?.dns?.query === undefined && isMember(text, '"url"', url, l7?.http?.url))) &&
    (trace === undefined || isMember(text, '"trace_id"', trace, flow.traceId));
  if (!isCertain) return "uncertain";
  const headers = l7?.http?.headers ?? [];
  const cutOut = certainHeaders(text, cut, bytes, headers, ids.isVariedHeader);
  if (cutOut === undefined) return "uncertain";
  if (cut.shape < OF_LAYER7) return undefined;
  return {
    headers: cutOut.map((nth) => digestedBefore((headers[nth] as Header).key)),
    requestId: requestIdAmong(flow, cutOut),
  };
}

export function cutValue(cut: Cut, bytes: Buffer, nth: number): string {
  const text = bytes.toString("latin1", cut.starts[nth], cut.ends[nth]);
  return text.includes("\\") ? String(JSON.parse(`"${text}"`)) : text;
}

/** Numbers of the headers that were cut out; undefined when they are not just those whose values vary. */
function certainHeaders(
  text: string,
  cut: Cut,
  bytes: Buffer,
  headers: readonly Header[],
  isVaried: readonly boolean[],
): number[] | undefined {
  const varied = [...headers.keys()].filter((nth) => isVaried[nth]);
  if (varied.length !== cut.headers) return undefined;
  if (varied.length > 0 && countOf(text, '"headers"') !== 1) return undefined;
  const isCut = varied.every((nth, order) =>
    isCutOut(headers[nth] as Header, cut, bytes, cut.firstHeader + order),
  );
  return isCut ? varied : undefined;
}

function isCutOut({ key, value }: Header, cut: Cut, bytes: Buffer, nth: number): boolean {
  const start = cut.starts[nth] as number;
  const before = `{"key":"${key}","value":"`;
  return (
    cutValue(cut, bytes, nth) === value &&
    bytes.toString("utf8", start - Buffer.byteLength(before), start) === before &&
    !DECIDING.has(key.toLowerCase())
  );
}

/** What stands before the value where it is digested: as headerHash of lib/flow/http.ts does it. */
function digestedBefore(name: string): Uint8Array {
  return Buffer.from(`[${JSON.stringify(name)},"`);
}

/** Of the headers that were cut out, the one that exchangeKey goes by; -1 when it is none of them. */
function requestIdAmong({ l7 }: Flow, cutOut: readonly number[]): number {
  if (l7?.kafka?.correlationId !== undefined) return -1;
  const first = l7?.http?.headers?.findIndex(({ key }) => key.toLowerCase() === REQUEST_ID) ?? -1;
  return cutOut.indexOf(first);
}

/** What a request shares with its answer and with no other request of its time, where the record has it. */
export function exchangeKey(l7: Flow["l7"]): bigint {
  if (l7?.kafka?.correlationId !== undefined) return BigInt(l7.kafka.correlationId);
  return requestKey(headerOf(l7?.http, REQUEST_ID));
}

function requestKey(requestId: string | undefined): bigint {
  if (requestId === undefined || requestId === "") return NO_KEY;
  return requestId.length === 36 ? uuidHash(requestId) : hash64(requestId);
}

/** The record's own request id in place of the earlier one's. */
export function ownExchangeKey(cuts: Layer7Cuts, cut: Cut, bytes: Buffer, shared: bigint): bigint {
  if (cuts.requestId < 0) return shared;
  const value = cutValue(cut, bytes, cut.firstHeader + cuts.requestId);
  return requestKey(value.includes(REDACTED) ? undefined : value);
}
