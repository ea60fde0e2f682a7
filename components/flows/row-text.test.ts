import { expect, test } from "vitest";
import type { FlowRow } from "@/lib/questions/answers";
import {
  eventText,
  isL7Error,
  latencyText,
  layer7Text,
  nodeText,
  noPolicyText,
  policyMarks,
  portText,
  protocolText,
  reasonText,
  timeText,
} from "./row-text";
import { flowRow, layer7 } from "./test-row";

const l7 = (members: Partial<NonNullable<FlowRow["l7"]>>): FlowRow =>
  flowRow({ type: "L7", l7: layer7(members) });

test("a time shows milliseconds and keeps all nine digits for the hover", () => {
  expect(timeText(flowRow({ time: "2026-03-04T05:12:07.123456789Z" }), "utc", "time")).toEqual({
    text: "05:12:07.123",
    title: "2026-03-04 05:12:07.123456789Z",
  });
});

test("a record without a readable time is unknown, never 1970", () => {
  expect(timeText(flowRow({ time: null }), "utc", "time").state).toBe("unknown");
});

test("the port is the server's: the destination's, in a reply the source's", () => {
  const ports = { protocol: "TCP", sourcePort: 41000, destinationPort: 8080 };
  expect(portText(flowRow({ ...ports, client: "source" })).text).toBe("8080");
  expect(portText(flowRow({ ...ports, client: null })).text).toBe("8080");
  expect(
    portText(flowRow({ protocol: "TCP", sourcePort: 8080, destinationPort: 41000, client: "destination" }))
      .text,
  ).toBe("8080");
});

test("ICMP has no ports, a TCP record without them leaves them unknown", () => {
  expect(portText(flowRow({ protocol: "ICMPv4" })).state).toBe("none");
  expect(portText(flowRow({ protocol: "TCP" })).state).toBe("unknown");
});

test.each([
  [flowRow({ protocol: "TCP" }), "TCP"],
  [flowRow({ protocol: "ICMPv6", icmp: { type: 133, code: 0 } }), "ICMPv6 133/0"],
  [l7({ protocol: "http" }), "TCP HTTP"],
])("protocols read with what they carry", (row, text) => {
  expect(protocolText({ ...row, protocol: row.protocol ?? "TCP" }).text).toBe(text);
});

test("an event type that was left out is unknown", () => {
  expect(eventText(flowRow({ event: null })).state).toBe("unknown");
});

test("a drop reason reads as hubble prints it, with name and code on hover", () => {
  const row = flowRow({ verdict: "DROPPED", dropReason: "POLICY_DENIED", dropCode: 133 });
  expect(reasonText(row)).toEqual({ text: "Policy denied", title: "POLICY_DENIED (133)" });
});

test("an L7 denial says in words that no rule allows it", () => {
  expect(reasonText({ ...l7({ protocol: "http" }), verdict: "DROPPED" }).text).toBe("No HTTP rule allows it");
  expect(reasonText({ ...l7({ protocol: "dns" }), verdict: "DROPPED" }).text).toBe(
    "No DNS rule allows the name",
  );
  expect(reasonText(flowRow({ verdict: "DROPPED", type: "L7" })).text).toBe("No L7 rule allows it");
});

test("no reason means none for what was not dropped, else unknown", () => {
  expect(reasonText(flowRow({ verdict: "FORWARDED" })).state).toBe("none");
  expect(reasonText(flowRow({ verdict: "DROPPED", type: "L3_L4" })).state).toBe("unknown");
});

test("policies that denied stand before those that allowed", () => {
  const row = flowRow({
    policies: { allowedBy: ["Rule shop/allow"], deniedBy: ["CiliumNetworkPolicy shop/deny"] },
  });
  expect(policyMarks(row)).toEqual([
    { decision: "denied", name: "cnp shop/deny", title: "CiliumNetworkPolicy shop/deny" },
    { decision: "allowed", name: "Rule shop/allow", title: "Rule shop/allow" },
  ]);
  expect(policyMarks(flowRow({}))).toEqual([]);
});

test("a denied policy verdict that names no policy says that none matched", () => {
  expect(noPolicyText(flowRow({ verdict: "DROPPED", event: "policy-verdict" })).text).toBe("none matched");
  expect(noPolicyText(flowRow({ verdict: "DROPPED", event: "drop:133" })).state).toBe("none");
});

test("a node is called without its cluster, which the hover tells", () => {
  expect(nodeText(flowRow({ node: "prod/aks-1" }))).toEqual({ text: "aks-1", title: "prod/aks-1" });
  expect(nodeText(flowRow({ node: "aks-1" })).text).toBe("aks-1");
});

test.each([
  [{ protocol: "dns", type: "REQUEST", text: "api.shop.", qtypes: ["A", "AAAA"] }, "A,AAAA? api.shop."],
  [
    {
      protocol: "dns",
      type: "RESPONSE",
      text: "api.shop.",
      qtypes: ["A"],
      rcode: { code: 3, name: "NXDOMAIN" },
    },
    "NXDOMAIN A api.shop.",
  ],
  [{ protocol: "http", type: "REQUEST", method: "GET", text: "/cart" }, "GET /cart"],
  [
    { protocol: "http", type: "RESPONSE", method: "GET", text: "/cart", status: 503, latencyNs: "12300000" },
    "503 GET /cart 12.3 ms",
  ],
] as const)("an L7 record reads as one line: %o", (members, text) => {
  expect(layer7Text(l7({ ...members, qtypes: [...("qtypes" in members ? members.qtypes : [])] })).text).toBe(
    text,
  );
});

test("server errors and DNS errors are bad news, a 404 is not", () => {
  expect(isL7Error(l7({ status: 503 }))).toBe(true);
  expect(isL7Error(l7({ rcode: { code: 3, name: "NXDOMAIN" } }))).toBe(true);
  expect(isL7Error(l7({ status: 404 }))).toBe(false);
  expect(isL7Error(flowRow({}))).toBe(false);
});

test("a latency is said where the record says it, and nowhere else", () => {
  expect(latencyText(l7({ type: "RESPONSE", latencyNs: "12300000" }))).toEqual({ text: "12.3 ms" });
  expect(latencyText(l7({ type: "REQUEST" }))).toMatchObject({ text: "", state: "none" });
  expect(latencyText(flowRow({ l7: null }))).toMatchObject({ text: "", state: "none" });
});
