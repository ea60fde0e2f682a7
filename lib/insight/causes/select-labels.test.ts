import { describe, expect, it } from "vitest";
import { type LabelledPods, selectLabels } from "./select-labels";

const pods = (name: string, ...labelSets: string[][]): LabelledPods => ({ name, labelSets });

describe("labels that select a workload", () => {
  it("are the ones that name the application, without those of a rollout", () => {
    const own = pods("web", ["k8s:app=web", "k8s:pod-template-hash=7d4b9c", "k8s:version=v2"]);
    expect(selectLabels(own, [])).toEqual({ labels: { app: "web" }, alsoSelects: [] });
  });

  it("are those that all its pods share", () => {
    const own = pods("web", ["k8s:app=web", "k8s:name=a"], ["k8s:name=a", "k8s:tier=x"]);
    expect(selectLabels(own, [])?.labels).toEqual({ name: "a" });
  });

  it("are as many as tell it from its neighbours, and no more", () => {
    const own = pods("web", ["k8s:app=web", "k8s:role=main", "k8s:tier=front", "k8s:team=a"]);
    const canary = pods("web-canary", ["k8s:app=web", "k8s:role=canary", "k8s:tier=front"]);
    expect(selectLabels(own, [canary, pods("api", ["k8s:app=api"])])).toEqual({
      labels: { app: "web", role: "main" },
      alsoSelects: [],
    });
  });

  it("say whom they also select, where nothing tells them apart", () => {
    const own = pods("web", ["k8s:app=web"]);
    expect(selectLabels(own, [pods("web-canary", ["any:app=web"])])).toEqual({
      labels: { app: "web" },
      alsoSelects: ["web-canary"],
    });
  });

  it.each([
    ["only a hash", ["k8s:pod-template-hash=1"]],
    [
      "what Kubernetes and Cilium add",
      ["k8s:io.kubernetes.pod.namespace=shop", "k8s:io.cilium.k8s.policy.cluster=prod"],
    ],
    ["what is no label of a pod", ["reserved:host", "cidr:10.0.0.0/8"]],
    ["what no selector takes", ["k8s:app=x\nkind: Evil", "k8s:a b=c"]],
    ["nothing", []],
  ])("are none of %s", (_name, labels) => {
    expect(selectLabels(pods("x", labels), [])).toBeUndefined();
  });
});
