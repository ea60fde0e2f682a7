import { expect, test } from "vitest";
import type { Party } from "@/lib/questions/answers";
import { partyName, partyTitle } from "./party";

const nobody: Party = {
  identity: null,
  cluster: null,
  namespace: null,
  pod: null,
  workload: null,
  labels: null,
  ip: null,
  names: [],
  service: null,
};

const cases: readonly (readonly [string, Partial<Party>, object])[] = [
  [
    "its workload",
    { namespace: "shop", workload: { kind: "Deployment", name: "web" }, pod: "web-1", ip: "10.0.0.1" },
    { kind: "workload", namespace: "shop", name: "web" },
  ],
  [
    "its pod",
    { namespace: "shop", pod: "web-1", identity: 2 },
    { kind: "pod", namespace: "shop", name: "web-1" },
  ],
  [
    "its first DNS name",
    { names: ["api.example.com", "x.example.com"], identity: 2, ip: "93.184.216.34" },
    { kind: "dns", name: "api.example.com", beside: "93.184.216.34" },
  ],
  [
    "its reserved identity",
    { identity: 2, ip: "8.8.8.8" },
    { kind: "reserved", name: "world", beside: "8.8.8.8" },
  ],
  [
    "its labels",
    {
      identity: 31246,
      ip: "10.0.3.219",
      labels: ["k8s:app.kubernetes.io/name=tiefighter", "k8s:io.kubernetes.pod.namespace=default"],
    },
    { kind: "label", namespace: "default", name: "tiefighter", beside: "10.0.3.219" },
  ],
  ["its address", { identity: 0, ip: "fe80::1" }, { kind: "ip", name: "fe80::1" }],
  ["nothing", {}, { kind: "unknown", name: "unknown" }],
];

test.each(cases)("a party is named by %s", (_by, members, name) => {
  expect(partyName({ ...nobody, ...members })).toEqual(name);
});

test("the tooltip lists all that is known and why the name is what it is", () => {
  expect(partyTitle({ ...nobody, identity: 1, ip: "10.0.0.1" })).toBe(
    "identity: 1 (reserved: host)\naddress: 10.0.0.1\n(named by its reserved identity)",
  );
  expect(partyTitle(nobody)).toBe("The record does not say who this is: the export left it out.");
});

test("a name that turns the reading direction round is spelled out", () => {
  expect(partyName({ ...nobody, pod: "web\u202e1" }).name).toBe("web\\u202e1");
});
