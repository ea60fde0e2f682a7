import { describe, expect, it } from "vitest";
import { actorOf, longestPrefix, type PodWorkload, type Side, workloadOfSide } from "./side";

const NOBODY: Side = {
  cluster: "default",
  identity: undefined,
  namespace: undefined,
  pod: undefined,
  workloadKind: undefined,
  workloadName: undefined,
  labels: [],
  ip: undefined,
  names: [],
  serviceName: undefined,
  serviceNamespace: undefined,
};
const WEB: PodWorkload = { kind: "Deployment", name: "web", by: "record" };

/** Keys at the levels of pod, workload and namespace, and the kind. */
function keys(side: Partial<Side>, address?: { dnsName?: string; cidr?: string }): string {
  const known = address && { dnsName: address.dnsName, cidr: address.cidr };
  const actor = actorOf({ ...NOBODY, ...side }, known, (known) =>
    known.pod === undefined ? workloadOfSide(known) : WEB,
  );
  return [actor.kind, actor.key, actor.workloadKey, actor.namespaceKey].join("  ");
}

describe("the actor of a side", () => {
  it.each<readonly [string, Partial<Side>, { dnsName?: string; cidr?: string } | undefined, string]>([
    ["a pod", { namespace: "shop", pod: "web-1" }, undefined, "pod  shop/web-1  shop/web  shop"],
    [
      "a pod of another cluster says so",
      { cluster: "prod", namespace: "shop", pod: "web-1" },
      undefined,
      "pod  shop/web-1@prod  shop/web@prod  shop@prod",
    ],
    [
      "a pod is a pod whatever its identity",
      { namespace: "shop", pod: "web-1", identity: 5 },
      undefined,
      "pod  shop/web-1  shop/web  shop",
    ],
    [
      "the namespace stands in a label too",
      { pod: "web-1", labels: ["k8s:io.kubernetes.pod.namespace=shop"] },
      undefined,
      "pod  shop/web-1  shop/web  shop",
    ],
    ["a pod of a namespace that was left out", { pod: "web-1" }, undefined, "pod  ?/web-1  ?/web  ?"],
    [
      "host",
      { identity: 1, ip: "10.0.0.1" },
      undefined,
      "reserved  reserved:host  reserved:host  reserved:host",
    ],
    [
      "kube-apiserver by labels, whatever else they say",
      { labels: ["reserved:remote-node", "reserved:kube-apiserver", "reserved:world"] },
      undefined,
      "reserved  reserved:kube-apiserver  reserved:kube-apiserver  reserved:kube-apiserver",
    ],
    [
      "numbers of remote nodes are each node's own",
      { identity: 33_554_433 },
      undefined,
      "reserved  reserved:remote-node  reserved:remote-node  reserved:remote-node",
    ],
    [
      "world by the record's own names first",
      { identity: 2, ip: "192.0.2.1", names: ["B.example.", "a.example"] },
      { dnsName: "0.example", cidr: "192.0.2.0/24" },
      "world  dns:a.example  dns:a.example  reserved:world",
    ],
    [
      "then by a name known for the address",
      { identity: 9, ip: "192.0.2.1" },
      { dnsName: "a.example", cidr: "192.0.2.0/24" },
      "world  dns:a.example  dns:a.example  reserved:world",
    ],
    [
      "then by prefix",
      { identity: 16_777_217, ip: "192.0.2.1", labels: ["cidr:192.0.2.0/24", "reserved:world"] },
      { cidr: "192.0.2.0/24" },
      "world  cidr:192.0.2.0/24  cidr:192.0.2.0/24  reserved:world",
    ],
    [
      "prefixes without an address",
      { identity: 16_777_218, labels: ["cidr:10.0.0.0/8", "cidr:10.1.0.0/16"] },
      undefined,
      "world  cidr:10.1.0.0/16  cidr:10.1.0.0/16  reserved:world",
    ],
    ["then by address", { identity: 10, ip: "fd00::1" }, {}, "world  ip:fd00::1  ip:fd00::1  reserved:world"],
    ["else just world", { identity: 2 }, undefined, "world  reserved:world  reserved:world  reserved:world"],
    [
      "an aggregated record names the workload only",
      { namespace: "shop", workloadName: "web", workloadKind: "Deployment", identity: 5555 },
      undefined,
      "workload  shop/web  shop/web  shop",
    ],
    [
      "labels name a workload",
      { namespace: "shop", labels: ["k8s:app=cart", "k8s:app.kubernetes.io/name=basket"] },
      undefined,
      "workload  shop/basket  shop/basket  shop",
    ],
    ["only the namespace is known", { namespace: "shop" }, undefined, "namespace  shop/?  shop/?  shop"],
    [
      "a service",
      { serviceName: "db", serviceNamespace: "shop", ip: "10.96.0.9" },
      {},
      "service  service:shop/db  service:shop/db  service:shop/db",
    ],
    [
      "reserved:unknown is no name",
      { identity: 0, labels: ["reserved:unknown"], ip: "ff02::2" },
      {},
      "unknown  ip:ff02::2  ip:ff02::2  ip:ff02::2",
    ],
    [
      "a bare identity",
      { identity: 3418 },
      undefined,
      "unknown  identity:3418  identity:3418  identity:3418",
    ],
    ["nothing at all", {}, undefined, "unknown  unknown  unknown  unknown"],
  ])("%s", (_name, side, address, expected) => {
    expect(keys(side, address)).toBe(expected);
  });
});

it.each([
  [["cidr:10.0.0.0/8", "cidr:10.1.0.0/16"], "10.1.0.0/16"],
  [["cidr:fd00--/8"], "fd00::/8"],
  [["cidr:192.0.2.1/32"], undefined],
  [["cidr:0.0.0.0/0"], undefined],
  [["cidr:rubbish"], undefined],
])("the prefix of %j is %s", (labels, expected) => {
  expect(longestPrefix(labels)).toBe(expected);
});
