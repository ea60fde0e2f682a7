import { describe, expect, it } from "vitest";
import { decodedOf, flowOf } from "./testing";

const STRUCT = "type.googleapis.com/google.protobuf.Struct";
const record = (members: object): string => JSON.stringify({ flow: { verdict: "FORWARDED", ...members } });

describe("Retina's flows", () => {
  it.each([
    ["a retransmission", { verdict: 15 }],
    ["a DNS message before its parser", { verdict: 16 }],
    ["metadata as a Struct", { extensions: { "@type": STRUCT, value: { bytes: 66, tcp_id: 5 } } }],
    [
      "metadata as a message of its own",
      { extensions: { "@type": "type.googleapis.com/utils.RetinaMetadata", bytes: 66 } },
    ],
  ])("are known by %s", (_name, members) => {
    expect(decodedOf(record(members)).format).toBe("retina");
  });

  it.each([
    ["no extensions", {}],
    ["ACNS counters", { extensions: { "@type": STRUCT, value: { egress_flow_count: 5 } } }],
    ["somebody else's bytes", { extensions: { "@type": STRUCT, value: { bytes: 66 } } }],
    ["another verdict without a name", { verdict: 17 }],
  ])("are not guessed from %s", (_name, members) => {
    expect(decodedOf(record(members)).format).toBe("hubble");
  });

  it("keeps verdicts 15 and 16 as the numbers that they are", () => {
    expect(flowOf(record({ verdict: 15 })).verdict).toBe("15");
    expect(flowOf(record({ verdict: 16 })).verdict).toBe("16");
  });

  it("takes back the direction and the reply of a drop, which Retina does not know, and says the true reason", () => {
    const flow = flowOf(
      record({
        verdict: "DROPPED",
        traffic_direction: "INGRESS",
        is_reply: false,
        event_type: { type: 1 },
        source: { ID: 77, identity: 77, namespace: "shop", pod_name: "web-0" },
        extensions: { "@type": STRUCT, value: { bytes: 60, drop_reason: "IPTABLE_RULE_DROP" } },
      }),
    );
    expect(flow).toMatchObject({
      verdict: "DROPPED",
      trafficDirection: "TRAFFIC_DIRECTION_UNKNOWN",
      extDropReason: "IPTABLE_RULE_DROP",
      source: { identity: 77, namespace: "shop", pod: "web-0", id: undefined },
    });
    expect(flow.isReply).toBeUndefined();
  });

  it("leaves direction and reply of packets as they are", () => {
    const flow = flowOf(
      record({
        traffic_direction: "EGRESS",
        is_reply: true,
        event_type: { type: 4, sub_type: 3 },
        extensions: { "@type": STRUCT, value: { tcp_id: 5 } },
      }),
    );
    expect(flow).toMatchObject({
      trafficDirection: "EGRESS",
      isReply: true,
      traceObservationPoint: "TO_STACK",
    });
  });
});

describe("aggregated records", () => {
  it.each([
    ["of the exporter", { aggregate: { egress_flow_count: 40, ingress_flow_count: 2 } }],
    ["in camelCase", { aggregate: { egressFlowCount: 40, ingressFlowCount: 2 } }],
    ["as text", { aggregate: { egress_flow_count: "40", ingress_flow_count: "2" } }],
    ["in extensions", { extensions: { egress_flow_count: 40, ingress_flow_count: "2" } }],
    [
      "in a Struct",
      { extensions: { "@type": STRUCT, value: { egress_flow_count: 40, unknown_direction_flow_count: 2 } } },
    ],
  ])("%s count 42 events", (_name, members) => {
    expect(flowOf(record(members))).toMatchObject({ events: 42, eventsAtLeast: false });
  });

  it("without counters count at least one", () => {
    expect(flowOf(record({ aggregate: {} }))).toMatchObject({ events: 1, eventsAtLeast: true });
  });
});
