import { describe, expect, it } from "vitest";
import { agentChange, podChanges, type Sighting } from "./changes";

const seen = (firstNs: bigint, lastNs: bigint, more: Partial<Sighting> = {}): Sighting => ({
  pod: "shop/web-1",
  identity: 300,
  labels: ["k8s:app=web"],
  ip: "10.0.0.1",
  firstNs,
  lastNs,
  ...more,
});

describe("changes of pods", () => {
  const says = (...sightings: Sighting[]) => podChanges(sightings, 0n).map((change) => change.says);

  it("are none while a pod stays what it was, whatever records leave out", () => {
    expect(says(seen(-5n, 20n), seen(-2n, 9n, { identity: null, labels: null }))).toEqual([]);
  });

  it.each<readonly [string, Partial<Sighting>, string]>([
    ["address", { ip: "10.0.0.9" }, "has another address: 10.0.0.9, before 10.0.0.1"],
    ["identity", { identity: 301 }, "has another identity: 301, before 300"],
    ["labels", { labels: ["k8s:app=web2"] }, "now k8s:app=web2; no longer k8s:app=web"],
  ])("are another %s than before", (_name, more, part) => {
    const told = says(seen(-5n, 10n), seen(20n, 30n, more));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(part);
  });

  it("are none where two values go on beside each other: two views of one pod", () => {
    expect(says(seen(-5n, 25n), seen(20n, 30n, { identity: 301 }))).toEqual([]);
  });

  it("are pods that were not there before", () => {
    expect(says(seen(3n, 9n))).toEqual(["Pod shop/web-1 is seen for the first time."]);
  });
});

describe("agent events", () => {
  const of = (detail: string) => agentChange(detail, new Set(["shop"]), new Set(["shop/web-1"]));
  const policy = (namespace: string) =>
    `POLICY_UPDATED k8s:io.cilium.k8s.policy.derived-from=CiliumNetworkPolicy, k8s:io.cilium.k8s.policy.name=web, k8s:io.cilium.k8s.policy.namespace=${namespace}`;

  it.each([
    [policy("shop"), "The agent took in CiliumNetworkPolicy shop/web."],
    [policy("bank"), undefined],
    ["POLICY_DELETED k8s:io.cilium.k8s.policy.name=all", "The agent removed policy all."],
    ["POLICY_UPDATED", "The agent took in a policy that is not named."],
    ["ENDPOINT_CREATED shop/web-1", "Endpoint of shop/web-1 was made."],
    ["ENDPOINT_DELETED bank/x", undefined],
    ["AGENT_STARTED 2026-08-21T12:00:00Z", "The agent of this node started."],
    ["IPCACHE_UPSERTED 10.0.0.1/32", undefined],
  ])("%s", (detail, says) => {
    expect(of(detail)).toBe(says);
  });
});
