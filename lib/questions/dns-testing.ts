/** Asking about DNS, and what every answer must hold to. Imported by tests only. */

import { expect, onTestFinished } from "vitest";
import { type DnsParameters, readDns } from "./dns";
import type {
  DnsAnswer,
  DnsCounts,
  DnsExpansionAnswer,
  DnsLatencyAnswer,
  DnsResponsesAnswer,
} from "./dns-answers";
import type { DnsBy } from "./dns-by";
import { readDnsCauses } from "./dns-causes";
import type { DnsCausesAnswer } from "./dns-causes-answer";
import { type DnsExpansionParameters, readDnsExpansion } from "./dns-expansion";
import { type DnsLatencyParameters, readDnsLatency } from "./dns-latency";
import { readDnsResponses } from "./dns-responses";
import { OpenCapture } from "./open-capture";
import type { ScopeParameters } from "./scope-parameters";

export function reader(capture: { readonly file: string }): OpenCapture {
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  onTestFinished(() => opened.value.close());
  return opened.value;
}

function value<T>(answer: { ok: true; value: T } | { ok: false; failure: { message: string } }): T {
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

export function askDns(open: OpenCapture, by: DnsBy, parameters: Partial<DnsParameters> = {}): DnsAnswer {
  return value(open.ask((capture) => readDns(capture, { by, limit: 1000, ...parameters })));
}

export function askCauses(open: OpenCapture, parameters: ScopeParameters = {}): DnsCausesAnswer {
  return value(open.ask((capture) => readDnsCauses(capture, { limit: 1000, ...parameters })));
}

export function askLatency(open: OpenCapture, parameters: DnsLatencyParameters = {}): DnsLatencyAnswer {
  return value(open.ask((capture) => readDnsLatency(capture, parameters)));
}

export function askExpansion(
  open: OpenCapture,
  parameters: Partial<DnsExpansionParameters> = {},
): DnsExpansionAnswer {
  return value(open.ask((capture) => readDnsExpansion(capture, { limit: 1000, ...parameters })));
}

export function askResponses(open: OpenCapture, parameters: ScopeParameters = {}): DnsResponsesAnswer {
  return value(open.ask((capture) => readDnsResponses(capture, { limit: 1000, ...parameters })));
}

/** The readable key of a row. */
export function keyText(row: DnsAnswer["rows"][number]): string {
  const key = row.key as Record<string, unknown> & { client?: { id: string }; server?: { id: string } };
  if (key.client !== undefined || key.server !== undefined) return String(key.client?.id ?? key.server?.id);
  return String("name" in key ? key.name : Object.values(key)[0]);
}

/** Each table adds up to its totals, folded rows included. */
export function expectAddsUp({ total, rows, folded }: DnsAnswer): void {
  const all: DnsCounts[] = [...rows, ...(folded === null ? [] : [folded])];
  const sum = (of: (counts: DnsCounts) => number): number => all.reduce((n, counts) => n + of(counts), 0);
  for (const name of [
    "queries",
    "responses",
    "unanswered",
    "open",
    "expansion",
    "refused",
    "retries",
    "noData",
  ] as const)
    expect(sum((counts) => counts[name])).toBe(total[name]);
  expect(sum(({ latencyNs }) => latencyNs.samples)).toBe(total.latencyNs.samples);
  for (const [name, n] of Object.entries(total.errors))
    expect(sum(({ errors }) => errors[name] ?? 0)).toBe(n);
}
