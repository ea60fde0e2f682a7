/**
 * Masked copies of whole logs: they hold nothing of what was masked, judged by a program that knows nothing of the one that
 * masks, and every number of every view is the same in them.
 */

import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { redactCapture } from "@/lib/jobs/redact-capture";
import { TestCapture, testFolder } from "@/lib/jobs/testing";
import { MASK_KINDS, type MaskKind } from "@/lib/redaction/kinds";
import { KEY, redact } from "@/lib/redaction/testing";
import { isTelling } from "@/lib/redaction/words";
import { shapeOf } from "@/scripts/generator/shapes/shape";
import { generateLogs, type Log, linesOf, ProofCapture, REAL_LOGS, textOf } from "./captures";

/** Each 9th record of a file of the sample: all that happens in it, in a tenth of the time. */
function sample(): Log {
  const file = path.resolve(import.meta.dirname, "../public/sample/node-2-events.log.gz");
  const lines = linesOf(gunzipSync(readFileSync(file)).toString("utf8"));
  return { name: "sample", text: textOf(lines.filter((_, n) => n % 9 === 0)) };
}

const LOGS: readonly Log[] = [...REAL_LOGS, sample()];

/** Values of a record by what they are, read from its JSON in the plainest way. */
function valuesOf(line: string): [kind: MaskKind, value: unknown][] {
  const { flow = {} } = JSON.parse(line);
  const sides = [flow.source ?? {}, flow.destination ?? {}];
  const each = (kind: MaskKind, ...values: unknown[]): [MaskKind, unknown][] =>
    values.flat(9).map((value) => [kind, value]);
  return [
    ...each("ips", flow.IP?.source, flow.IP?.destination, flow.IP?.source_xlated, flow.l7?.dns?.ips ?? []),
    ...each("macs", flow.ethernet?.source, flow.ethernet?.destination),
    ...each(
      "pods",
      sides.map(({ pod_name, workloads = [] }) => [
        pod_name,
        workloads.map(({ name }: { name: string }) => name),
      ]),
    ),
    ...each("pods", flow.source_service?.name, flow.destination_service?.name),
    ...each(
      "namespaces",
      sides.map(({ namespace }) => namespace),
    ),
    ...each(
      "nodes",
      flow.node_name?.split("/"),
      sides.map(({ cluster_name }) => cluster_name),
    ),
    ...each(
      "dns",
      flow.l7?.dns?.query?.replace(/\.$/, ""),
      flow.source_names ?? [],
      flow.destination_names ?? [],
    ),
    ...each("urls", flow.l7?.http?.url),
    ...each("uuids", flow.uuid),
    ...each("summary", flow.Summary),
    ...each(
      "labels",
      sides.map(({ labels = [] }) =>
        labels
          .filter((text: string) => /^k8s:(app|name|org|class)=/.test(text))
          .map((text: string) => text.split("=")[1]),
      ),
    ),
  ];
}

/** Values of some kinds that stand in the copy as a whole, in any text or as any text. */
function foundIn(copy: readonly string[], original: readonly string[], kinds: readonly MaskKind[]): string[] {
  const values = new Set(
    original
      .flatMap(valuesOf)
      .filter(([kind, value]) => kinds.includes(kind) && typeof value === "string" && isSecret(value))
      .map(([, value]) => String(value)),
  );
  const text = copy.join("\n").replaceAll(/"(?:time)":"[^"]*"/g, "");
  return [...values].filter((value) => {
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
      const around = text.charAt(at - 1) + text.charAt(at + value.length);
      if (!/[\w-]/.test(around) && !isFixed(text, at, value)) return true;
    }
    return false;
  });
}

/** What is the same everywhere stays: names of kept words alone, addresses of loopback, link-local and groups. */
function isSecret(value: string): boolean {
  const isShared = /^(?:127\.|169\.254\.|22[4-9]\.|ff02::|::1?$)/.test(value);
  return !isShared && (/^[\d.]+$/.test(value) || value.split(".").some(isTelling));
}

/** The name of a member, or the key of a label. */
function isFixed(text: string, at: number, value: string): boolean {
  return /^(?:":|=)/.test(text.slice(at + value.length, at + value.length + 2));
}

describe("a masked copy of a log", () => {
  it.each(LOGS)("of $name leaks nothing when everything is masked", ({ text }) => {
    const original = linesOf(text);
    const { lines, leaks } = redact(original, MASK_KINDS);
    expect(leaks).toEqual([]);
    expect(lines).toHaveLength(original.length);
    expect(foundIn(lines, original, MASK_KINDS)).toEqual([]);
    // The other way round the search finds what is there.
    expect(foundIn(original, original, MASK_KINDS).length).toBeGreaterThan(0);
  });

  it.each(MASK_KINDS)("leaks no %s when those alone are masked", (kind) => {
    for (const { name, text } of LOGS) {
      const original = linesOf(text).filter((_, n) => n % 4 === 0);
      const { lines, leaks } = redact(original, [kind]);
      expect({ name, leaks }).toEqual({ name, leaks: [] });
      expect({ name, found: foundIn(lines, original, [kind]) }).toEqual({ name, found: [] });
    }
  });

  it.each(["azure-rest", "azure-csv", "aggregated", "compact", "cri"] as const)(
    "of records in the format %s leaks nothing, and has all of them",
    async (format) => {
      const { logs } = await generateLogs(29, 240);
      const original = logs.flatMap(({ text }) => linesOf(text));
      const shape = shapeOf(format);
      const shaped = original.flatMap((line) => shape.lines(line)).map((line) => `${line}\n`);
      const capture = new TestCapture();
      const { accepted, otherKinds } = capture.add(
        "events",
        `${shape.begin()}${shaped.join("")}${shape.end()}`,
      );
      const folder = testFolder();
      const outcome = redactCapture(capture.database, {
        mask: MASK_KINDS,
        key: KEY,
        folder,
        progress: () => undefined,
        isCancelled: () => false,
      });
      if (outcome.outcome !== "written") throw new Error(JSON.stringify(outcome));
      const lines = outcome.files.flatMap((file) => linesOf(gunzipSync(readFileSync(file)).toString("utf8")));
      expect([lines.length, outcome.leftOut]).toEqual([accepted + otherKinds, 0]);
      expect(accepted).toBeGreaterThan(20);
      expect(foundIn(lines, original, MASK_KINDS)).toEqual([]);
      const copy = new ProofCapture([{ name: "copy", text: textOf(lines) }]);
      const { events, verdicts } = copy.ask("summary");
      const before = capture.database.prepare("SELECT sum(events) AS n FROM Flow").get([])?.n;
      expect(events).toBe(Number(before));
      expect(Object.values(verdicts).reduce((sum, n) => sum + n, 0)).toBe(events);
    },
  );

  it("has the numbers of the original in every view", async () => {
    const { logs } = await generateLogs(23, 4000);
    const before = new ProofCapture(logs);
    const kinds = MASK_KINDS;
    const lines = redact(
      logs.flatMap(({ text }) => linesOf(text)),
      kinds,
    ).lines;
    const after = new ProofCapture([{ name: "copy", text: textOf(lines) }]);
    expect(numbersOf(after)).toEqual(numbersOf(before));
  });
});

/** What views count, without names: rows in the order of their numbers. */
function numbersOf(proof: ProofCapture): unknown {
  const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
  const { nodes: _, meta: __, ...summary } = proof.ask("summary");
  return {
    summary,
    verdicts: proof.ask("timeline", { by: "verdict", buckets: "60" }).series,
    reasons: proof
      .ask("drops", { by: "reason" })
      .rows.map(({ key, drops, attempts }) => ({ key, drops, attempts })),
    causes: sorted(
      proof
        .ask("drops", { by: "cause" })
        .rows.map(({ drops, attempts, reason, decidedBy }) => [drops, attempts, reason, decidedBy]),
    ),
    rcodes: proof
      .ask("dns", { by: "rcode" })
      .rows.map(({ key, responses, expansion }) => [key, responses, expansion]),
    names: sorted(
      proof
        .ask("dns", { by: "query" })
        .rows.map(({ queries, errors, expansion }) => [queries, errors, expansion]),
    ),
    routes: sorted(
      proof
        .ask("l7", { protocol: "http", by: "route" })
        .rows.map(({ requests, status }) => [requests, status]),
    ),
    edges: sorted(
      proof
        .ask("map", { level: "workload" })
        .edges.map(({ port, protocol, events, drops }) => [port, protocol, events, drops]),
    ),
    workloads: sorted(
      proof
        .ask("workloads")
        .rows.map(({ syn, unanswered, refused, pods }) => [syn, unanswered, refused, pods.length]),
    ),
    connections: sorted(proof.ask("connections").rows.map((row) => row.attempts)),
  };
}
