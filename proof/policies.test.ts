/** The rules that are offered: valid by the published structure, and allowing exactly what their causes are about. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { formatTime } from "@/lib/base/time";
import type { Truth } from "@/scripts/generator/truth";
import { generateLogs, type Log, type ProofCapture, REAL_LOGS, sharedProofs } from "./captures";
import { joinModel } from "./denials";
import { directionOf, dropReasonOf, type ModelFlow, nodeOf, object, portsOf, readModel } from "./model";
import { Evaluator } from "./policy-evaluator";
import { ciliumSchema, kubernetesSchema } from "./policy-schema";
import { publishedFaults } from "./published-policies";
import { readYaml } from "./read-yaml";

const proofOf = sharedProofs();
const SAMPLE = path.resolve(import.meta.dirname, "../public/sample");
const sample = (JSON.parse(readFileSync(path.join(SAMPLE, "truth.json"), "utf8")) as Truth).files.map(
  ({ name }) => ({
    name,
    text: gunzipSync(readFileSync(path.join(SAMPLE, name))).toString("utf8"),
  }),
);
const captures: readonly (readonly [string, readonly Log[]])[] = [
  ["the sample", sample],
  ["a generated log", (await generateLogs(23, 6000)).logs],
  ...REAL_LOGS.map((log): [string, Log[]] => [log.name, [log]]),
];

describe.each(captures)("in %s", (_name, logs) => {
  const model = readModel(logs.map(({ text }) => text));
  const evaluator = new Evaluator(model);
  const anchors = joinModel(model).map(({ anchor }) => anchor);

  it("the policies of all causes, in both languages, allow exactly theirs", () => {
    const proof = proofOf(logs);
    const causeIds = proof.ask("drops", { by: "cause" }).rows.map(({ key }) => key.causeId ?? "");
    const causeOf = readCauses(proof, causeIds);
    for (const dialect of ["cilium", "kubernetes"] as const) check(proof, dialect, causeIds, causeOf);
  }, 120_000);

  function check(
    proof: ProofCapture,
    dialect: "cilium" | "kubernetes",
    causeIds: readonly string[],
    causeOf: ReadonlyMap<string, string>,
  ): void {
    const { files, leftOut } = causeIds.length === 0 ? NOTHING : proof.policies(causeIds, dialect);
    const covered = new Set(files.flatMap(({ causes }) => causes));
    expect([...covered, ...leftOut.map(({ causeId }) => causeId)].sort()).toEqual([...causeIds].sort());
    expect(new Set(files.map(({ workload }) => workload)).size).toBe(files.length);

    for (const { yaml } of files) expect(publishedFaults(dialect, readYaml(yaml))).toEqual([]);
    const allows = allowing(
      dialect,
      evaluator,
      files.map(({ yaml }) => readYaml(yaml)),
    );
    const decided = anchors.filter((flow) => isOfPolicy(flow));
    for (const flow of decided)
      expect([flow.text, allows(flow)]).toEqual([flow.text, covered.has(causeOf.get(placeOf(flow)) ?? "")]);
    // Nothing else that the log saw is let through: only more of what was dropped.
    const edges = new Set(decided.filter(allows).map(edgeOf));
    const more = model.filter((flow) => isAsked(flow) && allows(flow) && portsOf(flow).destination !== 53);
    for (const flow of more) expect(edges).toContain(edgeOf(flow));
  }
});

describe("the sample", () => {
  it("has rules for default denies and refused requests, and says why there is none for the others", () => {
    const proof = proofOf(sample);
    const rows = proof.ask("drops", { by: "cause" }).rows;
    const { files, leftOut } = proof.policies(
      rows.map(({ key }) => key.causeId ?? ""),
      "cilium",
    );
    const decidedBy = new Map(rows.map(({ key, decidedBy: by }) => [key.causeId, by]));
    const of = (ids: readonly string[]) => [...new Set(ids.map((id) => decidedBy.get(id)))].sort();
    expect(of(files.flatMap(({ causes }) => causes))).toEqual(["default-deny", "l7-rule"]);
    expect(of(leftOut.map(({ causeId }) => causeId))).toEqual(["datapath", "policy"]);
  }, 120_000);
});

const NOTHING = { files: [], leftOut: [] };

function allowing(
  dialect: "cilium" | "kubernetes",
  evaluator: Evaluator,
  documents: readonly unknown[],
): (flow: ModelFlow) => boolean {
  if (dialect === "cilium") {
    const policies = documents.map((document) => ciliumSchema.parse(document));
    return (flow) => evaluator.cilium(policies, flow);
  }
  const policies = documents.map((document) => kubernetesSchema.parse(document));
  return (flow) => evaluator.kubernetes(policies, flow);
}

/** The cause of each record of a drop, by where it stands. */
function readCauses(proof: ProofCapture, causeIds: readonly string[]): Map<string, string> {
  const causes = new Map<string, string>();
  for (const causeId of causeIds)
    for (const { time, node, sourcePort, destinationPort } of proof.walk({
      q: `drop:yes cause:${causeId}`,
    })) {
      const place = JSON.stringify([time, node, sourcePort, destinationPort]);
      expect(causes.get(place) ?? causeId).toBe(causeId);
      causes.set(place, causeId);
    }
  return causes;
}

function placeOf(flow: ModelFlow): string {
  const { source, destination } = portsOf(flow);
  return JSON.stringify([
    flow.timeNs === null ? null : formatTime(flow.timeNs),
    nodeOf(flow),
    source,
    destination,
  ]);
}

/** Denied by a policy: by default, by a rule, or a request by the proxy. */
function isOfPolicy(flow: ModelFlow): boolean {
  return ["POLICY_DENIED", "POLICY_DENY"].includes(String(dropReasonOf(flow))) || flow.flow.l7 !== undefined;
}

/** From the client, seen at a side that has policies. */
function isAsked(flow: ModelFlow): boolean {
  return flow.flow.is_reply !== true && ["EGRESS", "INGRESS"].includes(directionOf(flow));
}

function edgeOf(flow: ModelFlow): string {
  const end = (side: "source" | "destination") => {
    const { namespace, labels } = object(flow.flow[side]);
    const app = (Array.isArray(labels) ? labels.map(String) : []).find((label) =>
      label.startsWith("k8s:app"),
    );
    return namespace === undefined ? "outside" : `${namespace} ${app}`;
  };
  return JSON.stringify([directionOf(flow), end("source"), end("destination"), portsOf(flow).destination]);
}
