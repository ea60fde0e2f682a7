import { expect, test } from "vitest";
import type { FlowRow } from "@/lib/questions/answers";
import { formatTerm, parseFilter } from "@/lib/scope/filter";
import type { ColumnId } from "./columns";
import { flowRow, layer7, party } from "./test-row";
import { callTerms, termsOf } from "./value-terms";

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
  expect(texts("client", { source: web, destination: api, client: "source" })).toEqual([
    "from-workload:shop/Deployment/web",
    "from-pod:shop/web-1$",
    "from-ip:10.0.0.1",
    "from-namespace:shop",
  ]);
});

test("in a reply the client is the packet's destination", () => {
  expect(texts("client", { source: api, destination: web, client: "destination" })[0]).toBe(
    "to-workload:shop/Deployment/web",
  );
  expect(texts("server", { source: api, destination: web, client: "destination" })[0]).toBe(
    "from-pod:shop/api-1$",
  );
});

test.each([
  ["node", { node: "prod/aks-1" }, ["node-name:prod/aks-1"]],
  ["node", { node: "aks*1" }, ["node-name:aks\\*1"]],
  ["node", { node: null }, ["node-name:?"]],
  ["verdict", { verdict: "DROPPED" }, ["verdict:DROPPED"]],
  ["verdict", { verdict: "BLESSED" }, ['verdict:"BLESSED"']],
  ["direction", { trafficDirection: "EGRESS" }, ["traffic-direction:egress"]],
  ["port", { client: "destination", sourcePort: 53, destinationPort: 40000 }, ["from-port:53"]],
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

const EVIDENCE: readonly [ColumnId, Partial<FlowRow>, string[]][] = [
  [
    "policy",
    {
      policies: {
        deniedBy: ["CiliumNetworkPolicy shop/deny", "CiliumClusterwideNetworkPolicy deny-all", "shop/old"],
        allowedBy: ["k8s:app=a, k8s:b", "unnamed policy"],
      },
    },
    [
      "policy:shop/CiliumNetworkPolicy/deny",
      "policy:CiliumClusterwideNetworkPolicy/deny-all",
      "policy:shop/old",
    ],
  ],
  [
    "l7",
    { l7: layer7({ protocol: "http", text: "http://api/a?b=1", method: "GET", status: 503 }) },
    ["http-url:^http://api/a\\?b=1$", "http-status:503", "http-method:GET"],
  ],
  [
    "l7",
    { l7: layer7({ protocol: "dns", text: "api.shop.", rcode: { code: 3, name: "NXDOMAIN" } }) },
    ["dns-query:^api\\.shop\\.$", "dns-rcode:NXDOMAIN"],
  ],
  ["l7", { l7: layer7({ protocol: "kafka", text: "orders" }) }, []],
  ["flags", { tcpFlags: ["SYN", "ACK"] }, ["tcp-flags:SYN,ACK", "tcp-flags:SYN", "tcp-flags:ACK"]],
  ["flags", { tcpFlags: ["RST"] }, ["tcp-flags:RST"]],
  ["flags", {}, []],
];

test.each(EVIDENCE)("column %s of %o offers what is said there: %j", (column, members, expected) => {
  expect(texts(column, members)).toEqual(expected);
});

test("terms made from hostile text are read back as the same terms", () => {
  const nasty = party({ namespace: 'a"b,c d', pod: "x/y*z$\\", ip: "not an address" });
  for (const text of texts("client", { source: nasty })) {
    const parsed = parseFilter(text);
    expect(parsed.ok && parsed.value.terms.map(formatTerm)).toEqual([text]);
  }
});

test("what a client sends to its server is asked for from client to server, also by a reply", () => {
  const call = { protocol: "TCP", sourcePort: 8080, destinationPort: 40000 };
  const world = party({ ip: "192.0.2.7" });
  expect(
    callTerms(flowRow({ ...call, source: api, destination: web, client: "destination" })).map(formatTerm),
  ).toEqual(["from-pod:shop/web-1$", "to-pod:shop/api-1$", "to-port:8080", "protocol:tcp"]);
  expect(callTerms(flowRow({ source: web, destination: world })).map(formatTerm)).toEqual([
    "from-pod:shop/web-1$",
    "to-ip:192.0.2.7",
  ]);
  expect(callTerms(flowRow({ ...call }))).toEqual([]);
});
