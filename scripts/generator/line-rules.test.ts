import { describe, expect, it } from "vitest";
import { LineRules } from "./line-rules";

const TIME = "2026-05-12T09:40:01.500Z";
const UUID = "3d0bd9c7-8d5a-4a3b-9c55-7f3f0a1d2e4b";
const LABELS = '["k8s:app=web","k8s:io.kubernetes.pod.namespace=shop"]';
const CLIENT = `{"ID":7,"identity":5000,"cluster_name":"c","namespace":"shop","labels":${LABELS},"pod_name":"web-0","workloads":[{"name":"web","kind":"StatefulSet"}]}`;
const PEER = '{"identity":2,"labels":["reserved:world"]}';

interface Parts {
  readonly head?: string;
  readonly l4?: string;
  readonly type?: string;
  readonly tail: string;
  readonly source?: string;
  readonly summary?: string;
  readonly after?: string;
}

function line(parts: Parts): string {
  const end = `"node_name":"c/node-1","time":"${TIME}"}`;
  const l4 = parts.l4 ?? '"TCP":{"source_port":40000,"destination_port":443,"flags":{"SYN":true}}';
  return `{"flow":{"time":"${TIME}","uuid":"${UUID}","emitter":{"name":"Hubble","version":"1.19.4"},${parts.head ?? '"verdict":"FORWARDED",'}"l4":{${l4}},"source":${parts.source ?? CLIENT},"destination":${PEER},"Type":"${parts.type ?? "L3_L4"}","node_name":"c/node-1",${parts.tail},"Summary":"${parts.summary ?? "TCP Flags: SYN"}"${parts.after ?? ""}},${end}`;
}

const TRACE =
  '"event_type":{"type":4,"sub_type":3},"traffic_direction":"EGRESS","trace_observation_point":"TO_STACK","trace_reason":"NEW","is_reply":false';
const ETHERNET =
  '"verdict":"FORWARDED","ethernet":{"source":"0a:00:00:00:00:01","destination":"0a:00:00:00:00:02"},';
const DROPPED = '"verdict":"DROPPED","drop_reason":133,';
const DROP =
  '"event_type":{"type":1,"sub_type":133},"traffic_direction":"EGRESS","file":{"name":"bpf_lxc.c","line":1},"drop_reason_desc":"POLICY_DENIED"';
const DENIED = '"event_type":{"type":5},"traffic_direction":"EGRESS","drop_reason_desc":"POLICY_DENIED"';
const DNS_L4 = '"UDP":{"source_port":40000,"destination_port":53}';
const DNS =
  '"l7":{"type":"REQUEST","dns":{"query":"a.example.","observation_source":"proxy","qtypes":["A"]}},"event_type":{"type":129},"traffic_direction":"EGRESS","is_reply":false';
const ASK = "DNS Query a.example. A";

function brokenBy(...lines: readonly string[]): string[] {
  const rules = new LineRules();
  for (const text of lines) rules.check(text);
  return [...rules.broken.keys()];
}

describe("the checker of written lines", () => {
  it.each([
    ["a trace", line({ head: ETHERNET, tail: TRACE })],
    ["a drop", line({ head: DROPPED, tail: DROP })],
    ["a denied verdict", line({ head: DROPPED, tail: DENIED })],
    ["a DNS question", line({ type: "L7", l4: DNS_L4, tail: DNS, summary: ASK })],
  ])("finds nothing wrong with %s", (_, text) => {
    expect(brokenBy(text)).toEqual([]);
  });

  it.each([
    ["a drop with is_reply", line({ head: DROPPED, tail: `${DROP},"is_reply":false` }), "drop: no is_reply"],
    [
      "a drop whose sub type is not the reason",
      line({ head: DROPPED, tail: DROP.replace(":133}", ":181}") }),
      "drop: sub type is the reason",
    ],
    [
      "a denied verdict with is_reply",
      line({ head: DROPPED, tail: `${DENIED},"is_reply":false` }),
      "verdict: denied has no is_reply",
    ],
    [
      "policies on a drop event",
      line({ head: DROPPED, tail: DROP, after: ',"egress_denied_by":[{"name":"x"}]' }),
      "policies and match type only on verdicts",
    ],
    [
      "a default deny that names a policy",
      line({ head: DROPPED, tail: DENIED, after: ',"egress_denied_by":[{"name":"x"}]' }),
      "verdict: policies of a denial",
    ],
    [
      "a sub type of zero",
      line({ head: ETHERNET, tail: TRACE.replace('"sub_type":3', '"sub_type":0') }),
      "no zero values",
    ],
    [
      "a response code of zero",
      line({ type: "L7", l4: DNS_L4, tail: DNS.replace('"qtypes"', '"rcode":0,"qtypes"'), summary: ASK }),
      "no zero values",
    ],
    [
      "a DNS name without final dot",
      line({ type: "L7", l4: DNS_L4, tail: DNS.replace("example.", "example"), summary: ASK }),
      "dns: final dot",
    ],
    [
      "a response that is no reply",
      line({ type: "L7", l4: DNS_L4, tail: DNS.replace("REQUEST", "RESPONSE"), summary: "DNS Answer " }),
      "l7: only a response is a reply",
    ],
    [
      "two transports",
      line({
        head: ETHERNET,
        l4: '"TCP":{"source_port":1,"flags":{"SYN":true}},"UDP":{"source_port":1}',
        tail: TRACE,
      }),
      "l4 has one key",
    ],
    [
      "a time with a superfluous group of zeros",
      line({ head: ETHERNET, tail: TRACE }).replaceAll(".500Z", ".500000Z"),
      "time",
    ],
    [
      "an envelope with another time",
      line({ head: ETHERNET, tail: TRACE }).replace(/"time":"[^"]*"}$/, '"time":"2026-05-12T09:40:02Z"}'),
      "envelope repeats the flow",
    ],
    [
      "a remote client",
      line({
        head: ETHERNET,
        tail: TRACE,
        source: CLIENT.replace('"ID":7,', "").replace(/,"workloads".*$/, "}"),
      }),
      "egress: the client is local",
    ],
    [
      "a workload without id",
      line({ head: ETHERNET, tail: TRACE, source: CLIENT.replace('"ID":7,', "") }),
      "id and workloads go together",
    ],
    [
      "labels out of order",
      line({ head: ETHERNET, tail: TRACE, source: CLIENT.replace("app=web", "z=web") }),
      "labels are sorted",
    ],
    ["an unknown field", line({ head: ETHERNET, tail: `${TRACE},"colour":"red"` }), "field colour is known"],
    ["another summary", line({ head: ETHERNET, tail: TRACE, summary: "TCP Flags: ACK" }), "summary"],
  ])("notices %s", (_, text, rule) => {
    expect(brokenBy(text)).toContain(rule);
  });

  it("notices a uuid that comes twice", () => {
    const text = line({ head: ETHERNET, tail: TRACE });
    expect(brokenBy(text, text)).toEqual(["uuid is unique"]);
  });

  it("notices a pod that has an id on two nodes", () => {
    const here = line({ head: ETHERNET, tail: TRACE });
    const there = here.replaceAll("c/node-1", "c/node-2").replace(UUID, UUID.replace("3d", "4d"));
    expect(brokenBy(here, there)).toEqual(["id only at home"]);
  });
});
