import { expect, test } from "vitest";
import type { FlowRow } from "@/lib/questions/answers";
import { formatTerm, parseFilter } from "@/lib/scope/filter";
import type { ColumnId } from "./columns";
import { flowRow, party } from "./test-row";
import { termsOf } from "./value-terms";

const web = party({
  namespace: "shop",
  workload: { kind: "Deployment", name: "web" },
  pod: "web-1",
  ip: "10.0.0.1",
});
const api = party({ namespace: "shop", pod: "api-1", ip: "10.0.0.2" });

function texts(column: ColumnId, members: Partial<FlowRow>): string[] {
  return termsOf(column, flowRow(members)).map(formatTerm);
}

test("a party offers its workload, pod, address and namespace, on its side of the packet", () => {
  expect(texts("client", { source: web, destination: api, isReply: false })).toEqual([
    "from-workload:shop/Deployment/web",
    "from-pod:shop/web-1$",
    "from-ip:10.0.0.1",
    "from-namespace:shop",
  ]);
});

test("in a reply the client is the packet's destination", () => {
  expect(texts("client", { source: api, destination: web, isReply: true })[0]).toBe(
    "to-workload:shop/Deployment/web",
  );
  expect(texts("server", { source: api, destination: web, isReply: true })[0]).toBe("from-pod:shop/api-1$");
});

test.each([
  ["node", { node: "prod/aks-1" }, ["node-name:prod/aks-1"]],
  ["node", { node: "aks*1" }, ["node-name:aks\\*1"]],
  ["node", { node: null }, ["node-name:?"]],
  ["verdict", { verdict: "DROPPED" }, ["verdict:DROPPED"]],
  ["verdict", { verdict: "BLESSED" }, ['verdict:"BLESSED"']],
  ["direction", { trafficDirection: "EGRESS" }, ["traffic-direction:egress"]],
  ["port", { isReply: true, sourcePort: 53, destinationPort: 40000 }, ["from-port:53"]],
  ["protocol", { protocol: "UDP" }, ["protocol:udp"]],
  ["protocol", { protocol: "RUBBISH" }, []],
  ["type", { event: "trace:to-endpoint" }, ["type:trace:to-endpoint", "type:trace"]],
  ["type", { event: "drop:133" }, ["type:drop:133", "type:drop"]],
  ["type", { event: null }, ["type:?"]],
  ["reason", { dropReason: "POLICY_DENIED" }, ["drop-reason-desc:POLICY_DENIED"]],
  ["reason", { dropReason: null }, []],
  ["policy", {}, []],
] as const)("column %s of %o offers %j", (column, members, expected) => {
  expect(texts(column, members)).toEqual(expected);
});

test("terms made from hostile text are read back as the same terms", () => {
  const nasty = party({ namespace: 'a"b,c d', pod: "x/y*z$\\", ip: "not an address" });
  for (const text of texts("client", { source: nasty })) {
    const parsed = parseFilter(text);
    expect(parsed.ok && parsed.value.terms.map(formatTerm)).toEqual([text]);
  }
});
