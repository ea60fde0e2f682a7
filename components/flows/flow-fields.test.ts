import { expect, test } from "vitest";
import type { FlowDetailAnswer } from "@/lib/questions/answers";
import { formatTerm } from "@/lib/scope/filter";
import type { Field } from "./field-group";
import { flowFields } from "./flow-fields";
import { flowRow, party } from "./test-row";

type Flow = FlowDetailAnswer["flow"];

function answer(flow: Partial<Flow>, row: Parameters<typeof flowRow>[0] = {}): FlowDetailAnswer {
  return {
    meta: { revision: 1, unit: "records", exact: true, partial: false, notes: [] },
    flow: {
      id: "a",
      verdict: "FORWARDED",
      type: "L3_L4",
      trafficDirection: "TRAFFIC_DIRECTION_UNKNOWN",
      events: 1,
      eventsAtLeast: false,
      present: 0,
      ...flow,
    },
    row: flowRow(row),
    raw: {
      text: "{}",
      exact: true,
      file: "a.log",
      fileId: 1,
      line: 1,
      offset: 0,
      bytes: 2,
      format: "hubble",
      lossy: false,
    },
    connection: [],
    story: null,
    connectionNote: null,
    twin: null,
    cause: null,
  };
}

function field(
  flow: Partial<Flow>,
  group: string,
  label: string,
  row: Parameters<typeof flowRow>[0] = {},
): Field | undefined {
  const { groups } = flowFields(answer(flow, row), "utc");
  return groups.find(({ title }) => title === group)?.fields.find((found) => found.label === label);
}

test("fields that a record does not have are named, not shown as empty", () => {
  const { groups, missing } = flowFields(answer({}), "utc");
  expect(missing).toEqual([
    "time",
    "node",
    "event type",
    "uuid",
    "traffic direction",
    "reply",
    "protocol",
    "source address",
    "destination address",
    "source",
    "destination",
  ]);
  expect(groups.map(({ title }) => title)).toEqual(["When and where", "Verdict"]);
});

test("a side of which the export left everything out is missing too", () => {
  const { missing } = flowFields(
    answer({ type: "UNKNOWN_TYPE", source: {}, destination: { pod: "web-1" } }),
    "utc",
  );
  expect(missing).toContain("source");
  expect(missing).not.toContain("destination");
  expect(missing).toContain("flow type");
});

test("a time keeps its nine digits", () => {
  expect(field({ time: "2026-03-04T05:12:07.000000001Z" }, "When and where", "Time")?.values).toEqual([
    "2026-03-04 05:12:07.000000001Z",
  ]);
});

test("a reply that is not one reads no, with its filter term", () => {
  const reply = field({ isReply: false }, "Verdict", "Reply");
  expect(reply?.values).toEqual(["no"]);
  expect(reply?.term && formatTerm(reply.term)).toBe("reply:no");
});

test("zero is a value: port 0, code 0, response code 0", () => {
  const flow: Partial<Flow> = {
    l4: { protocol: "ICMPv4", type: 0, code: 0 },
    l7: { type: "RESPONSE", dns: { rcode: 0 } },
  };
  expect(field(flow, "Packet", "Code")?.values).toEqual(["0"]);
  expect(field(flow, "Layer 7", "Response code")).toMatchObject({ values: ["0"], note: "NOERROR" });
});

test("a workload that was learned elsewhere says so", () => {
  const learned = party({ namespace: "shop", pod: "web-1", workload: { kind: "Deployment", name: "web" } });
  const workload = field({ source: { namespace: "shop", pod: "web-1" } }, "Source", "Workload", {
    source: learned,
  });
  expect(workload).toMatchObject({
    values: ["Deployment web"],
    note: "learned from other records of this pod",
  });
  expect(workload?.term && formatTerm(workload.term)).toBe("from-workload:shop/Deployment/web");
});

test("a drop names its reason in words beside the code", () => {
  const reason = field(
    { verdict: "DROPPED", dropReason: "POLICY_DENIED", dropCode: 133 },
    "Verdict",
    "Drop reason",
  );
  expect(reason).toMatchObject({ values: ["POLICY_DENIED"], note: "Policy denied, code 133" });
});

test("a time that does not say the instant is shown as it was written, beside the missing time", () => {
  const { missing } = flowFields(answer({ timeText: "Aug 21 12:12:18.510" }), "utc");
  expect(missing).toContain("time");
  const found = field({ timeText: "Aug 21 12:12:18.510" }, "When and where", "Time as written");
  expect(found?.values).toEqual(["Aug 21 12:12:18.510"]);
  expect(field({}, "When and where", "Time as written")).toBeUndefined();
});

test("each value of a list is a term of its own, on the side it belongs to, where it is a value of a key", () => {
  const texts = (found: Field | undefined) => found?.terms?.map((term) => term && formatTerm(term));
  const source = { labels: ["k8s:app=web", "reserved:host"], cluster: "prod", identity: 2 };
  expect(texts(field({ source }, "Source", "Labels"))).toEqual([
    "from-label:k8s:app=web",
    "from-label:reserved:host",
  ]);
  const identity = field({ destination: source }, "Destination", "Identity");
  expect(identity?.term && formatTerm(identity.term)).toBe("to-identity:world");
  const policies = [{ kind: "CiliumNetworkPolicy", namespace: "shop", name: "deny" }, { labels: ["a"] }];
  expect(texts(field({ egressDeniedBy: policies }, "Policies", "Egress denied by"))).toEqual([
    "policy:shop/CiliumNetworkPolicy/deny",
    undefined,
  ]);
});
