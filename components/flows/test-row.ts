import type { FlowRow, Party } from "@/lib/questions/answers";

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

/** A row in which everything is unknown but what is given. For tests. */
export function flowRow(members: Partial<FlowRow>): FlowRow {
  return {
    id: "0123456789abcdef",
    time: null,
    node: null,
    verdict: "FORWARDED",
    dropReason: null,
    dropCode: null,
    trafficDirection: "TRAFFIC_DIRECTION_UNKNOWN",
    isReply: null,
    client: null,
    type: "L3_L4",
    event: null,
    source: nobody,
    destination: nobody,
    protocol: null,
    sourcePort: null,
    destinationPort: null,
    tcpFlags: [],
    icmp: null,
    l7: null,
    policies: null,
    events: 1,
    aggregated: false,
    ...members,
  };
}

/** What a row says of L7, everything unknown but what is given. */
export function layer7(members: Partial<NonNullable<FlowRow["l7"]>>): NonNullable<FlowRow["l7"]> {
  return {
    protocol: null,
    type: null,
    text: null,
    method: null,
    status: null,
    rcode: null,
    qtypes: [],
    latencyNs: null,
    ...members,
  };
}

export function party(members: Partial<Party>): Party {
  return { ...nobody, ...members };
}
