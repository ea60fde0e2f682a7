/** The sample capture against what its generator knows of it, counted while the records were made. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Truth } from "@/scripts/generator/truth";
import { type Log, type ProofCapture, sharedProofs } from "./captures";

const proofOf = sharedProofs();
const SAMPLE = path.resolve(import.meta.dirname, "../public/sample");
const truth = JSON.parse(readFileSync(path.join(SAMPLE, "truth.json"), "utf8")) as Truth;
const logs: readonly Log[] = truth.files.map(({ name }) => ({
  name,
  text: gunzipSync(readFileSync(path.join(SAMPLE, name))).toString("utf8"),
}));

const RCODES: Readonly<Record<string, string>> = { "0": "NOERROR", "2": "SERVFAIL", "3": "NXDOMAIN" };

function sums(proof: ProofCapture, by: string): Record<string, number> {
  const { series, untimed } = proof.ask("timeline", { by, buckets: "40" });
  expect(untimed).toBe(0);
  return Object.fromEntries(
    series.map(({ key, points }) => [key, points.reduce((sum, [, n]) => sum + n, 0)]),
  );
}

describe("the sample capture", () => {
  it("has the flows, verdicts, nodes, losses and drops that its generator made", () => {
    const proof = proofOf(logs);
    const summary = proof.ask("summary");
    expect(summary).toMatchObject({
      records: truth.records.flows,
      events: truth.records.flows,
      verdicts: truth.flows.byVerdict,
      notLosses: Object.values(truth.notLosses).reduce((sum, n) => sum + n, 0),
      audited: truth.audited.reduce((sum, { records }) => sum + records, 0),
      untimed: 0,
    });
    expect(Object.fromEntries(summary.nodes.map(({ name, events }) => [String(name), events]))).toEqual(
      truth.flows.byNode,
    );
    const { "503": unavailable = 0, "504": timedOut = 0 } = truth.http.byStatus;
    // The verdict record that names the policy is missing for some of these: a cause of its own.
    const isPartlyUnnamed = ({ decidedBy, drops, verdictRecords }: Truth["drops"]["causes"][number]) =>
      decidedBy === "policy" && drops > verdictRecords;
    expect(summary).toMatchObject({
      dropCauses: truth.drops.causes.length + truth.drops.causes.filter(isPartlyUnnamed).length,
      dnsErrors: truth.dns.realNxdomain + (truth.dns.byRcode["2"] ?? 0),
      l7Errors: unavailable + timedOut + truth.http.deniedByPolicy,
    });
    const { gaps } = proof.ask("timeline");
    expect(gaps.reduce((sum, { lost }) => sum + lost, 0)).toBe(truth.lost.events);
    expect(gaps).toHaveLength(truth.lost.windows.length);
  });

  it("has each drop once, though most stand in two records, by reason", () => {
    const byReason = sums(proofOf(logs), "drops");
    const { "": refusedRequests, ...reasons } = truth.drops.byReason;
    // Verdict records that lost their drop record have no reason of their own but the policy's.
    expect(Object.values(byReason).reduce((sum, n) => sum + n, 0)).toBe(truth.drops.total);
    expect(byReason.INVALID_SOURCE_IP).toBe(reasons.INVALID_SOURCE_IP);
    expect(byReason.STALE_OR_UNROUTABLE_IP).toBe(reasons.STALE_OR_UNROUTABLE_IP);
    expect(byReason.UNSUPPORTED_L3_PROTOCOL).toBe(reasons.UNSUPPORTED_L3_PROTOCOL);
    expect(byReason["-"]).toBeGreaterThanOrEqual(refusedRequests ?? 0);
  });

  it("has the DNS response codes and HTTP statuses of its generator", () => {
    const proof = proofOf(logs);
    const { "-": _noResponse, ...rcodes } = sums(proof, "rcode");
    expect(rcodes).toEqual(
      Object.fromEntries(Object.entries(truth.dns.byRcode).map(([code, n]) => [RCODES[code], n])),
    );
    const { "-": _noStatus, ...statuses } = sums(proof, "status");
    const classes: Record<string, number> = {};
    for (const [status, n] of Object.entries(truth.http.responseRecordsByStatus))
      classes[`${status.slice(0, 1)}xx`] = (classes[`${status.slice(0, 1)}xx`] ?? 0) + n;
    expect(statuses).toEqual(classes);
  });
});
