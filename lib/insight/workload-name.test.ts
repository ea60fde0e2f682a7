import { expect, it } from "vitest";
import { ownerOfPodName, workloadOfLabels, workloadOfPodName } from "./workload-name";

it.each([
  ["productpage-v1-6b746f74dc-9rcxx", "productpage-v1"],
  ["web-7d4b9c6f5-x2x7k", "web"],
  ["cilium-x2x7k", "cilium"],
  ["db-0", "db"],
  ["backup-28431120-x2x7k", "backup"],
  ["tiefighter", "tiefighter"],
  ["front-cache", "front-cache"],
  ["web-7d4b9c6f5-aeiou", "web-7d4b9c6f5-aeiou"],
])("the pod %s is one of %s", (pod, workload) => {
  expect(workloadOfPodName(pod)).toBe(workload);
});

it.each([
  ["web-7d4b9c6f5-x2x7k", "web-7d4b9c6f5"],
  ["db-12", "db"],
  ["tiefighter", undefined],
])("pods like %s share %s", (pod, owner) => {
  expect(ownerOfPodName(pod)).toBe(owner);
});

it.each([
  [["k8s:app=a", "k8s:k8s-app=b", "k8s:app.kubernetes.io/name=c"], "c"],
  [["k8s:app=a", "k8s:k8s-app=b"], "b"],
  [["k8s:app.kubernetes.io/instance=i", "k8s:name=n"], "n"],
  [["app=bare"], "bare"],
  [["k8s:app="], undefined],
  [["k8s:application=x", "reserved:host"], undefined],
])("labels %j name %s", (labels, name) => {
  expect(workloadOfLabels(labels)).toBe(name);
});
