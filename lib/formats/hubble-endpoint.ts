/** The two sides of a Hubble flow, and the policies and services that it names. Source: Cilium 1.19.4 `flow.proto`. */

import type { Flow, FlowEndpoint, PolicyReference } from "@/lib/flow/flow";
import { PRESENT } from "@/lib/flow/presence";
import {
  messageReader,
  optionalDecimal,
  optionalText,
  optionalTexts,
  readCount,
  readList,
  readMessage,
  readObject,
  readText,
  readTexts,
} from "./proto-json";

const ENDPOINT = messageReader<FlowEndpoint>({
  ID: (endpoint, value, field) => {
    endpoint.id = readCount(value, field);
  },
  identity: (endpoint, value, field) => {
    endpoint.identity = readCount(value, field);
  },
  cluster_name: (endpoint, value, field) => {
    endpoint.cluster = readText(value, field) || undefined;
  },
  namespace: (endpoint, value, field) => {
    endpoint.namespace = readText(value, field) || undefined;
  },
  labels: (endpoint, value, field) => {
    endpoint.labels = readTexts(value, field);
  },
  pod_name: (endpoint, value, field) => {
    endpoint.pod = readText(value, field) || undefined;
  },
  workloads: (endpoint, value, field) => {
    endpoint.workloads = readList(value, field).map((item) => {
      const workload = readObject(item, field);
      return { kind: optionalText(workload, "kind"), name: optionalText(workload, "name") };
    });
  },
});

export function readEndpoint(value: unknown, field: string): FlowEndpoint {
  const message = readObject(value, field);
  const endpoint: FlowEndpoint = {
    id: undefined,
    identity: undefined,
    cluster: undefined,
    namespace: undefined,
    pod: undefined,
    labels: undefined,
    workloads: undefined,
  };
  readMessage(ENDPOINT, message, endpoint);
  return endpoint;
}

export function endpointPresence(endpoint: FlowEndpoint): number {
  return (
    (endpoint.identity === undefined ? 0 : PRESENT.identity) |
    (endpoint.labels === undefined ? 0 : PRESENT.labels) |
    (endpoint.namespace === undefined ? 0 : PRESENT.namespace) |
    (endpoint.pod === undefined ? 0 : PRESENT.pod_name) |
    (endpoint.workloads === undefined ? 0 : PRESENT.workloads)
  );
}

export function readPolicies(value: unknown, field: string): PolicyReference[] {
  return readList(value, field).map((item) => {
    const policy = readObject(item, field);
    return {
      kind: optionalText(policy, "kind"),
      namespace: optionalText(policy, "namespace"),
      name: optionalText(policy, "name"),
      labels: optionalTexts(policy, "labels"),
      revision: optionalDecimal(policy, "revision"),
    };
  });
}

export function readService(value: unknown, field: string): Flow["sourceService"] {
  const service = readObject(value, field);
  return { name: optionalText(service, "name"), namespace: optionalText(service, "namespace") };
}
