/** Why a capture shows no requests of a protocol, in the words of a colleague. */

import { formatQuantity } from "@/components/ui/format";
import type { L7Protocol } from "@/lib/questions/answers-l7";
import type { ReportAnswer } from "@/lib/questions/report/answer";
import { PROTOCOL_LABELS } from "./l7-words";

export interface Absence {
  readonly title: string;
  /** One sentence each, most likely reason first. */
  readonly says: readonly string[];
  /** Only the scope is to blame. */
  readonly isScope: boolean;
  /** Settings that would bring them. */
  readonly advice: ReportAnswer["advice"];
}

type Facts = Pick<ReportAnswer, "layer7" | "aggregation" | "missing" | "filters" | "advice" | "accepted">;

/** Titles of the report's advice that help here. */
const HELPFUL = [/HTTP requests/, /every flow/, /aggregated/, /AKS/];

export function whyNoL7(facts: Facts, protocol: L7Protocol, isNarrowed: boolean): Absence {
  const name = PROTOCOL_LABELS[protocol];
  const records = facts.layer7.find((found) => found.protocol === (protocol === "kafka" ? "kafka" : "http"));
  if (records !== undefined && isNarrowed)
    return {
      title: `No ${name} requests in this scope.`,
      says: [
        `The whole capture has ${formatQuantity(records.flows, protocol === "grpc" ? "HTTP or gRPC record" : `${name} record`)}; filter and time range leave none of ${protocol === "grpc" ? "gRPC" : "them"}.`,
      ],
      isScope: true,
      advice: [],
    };
  return {
    title: `No ${name} requests in this capture.`,
    says: [...reasons(facts, protocol), ...elsewhere(facts, protocol)],
    isScope: false,
    advice: facts.advice.filter(({ title }) => HELPFUL.some((pattern) => pattern.test(title))),
  };
}

function reasons({ aggregation, missing, filters, layer7, accepted }: Facts, protocol: L7Protocol): string[] {
  const hasHttp = layer7.some((found) => found.protocol === "http");
  const isMasked = missing.some(({ field }) => field === "Type" || field === "event_type");
  return [
    ...(accepted === 0 ? ["No flow could be read from its files."] : []),
    ...(isMasked
      ? [
          `The export left members out (${missing.map(({ field }) => field).join(", ")}); its field mask may have left out l7, too, and then records of requests look like those of packets.`,
        ]
      : []),
    ...(aggregation !== null
      ? [
          `${formatQuantity(aggregation.flows, "record is", "records are")} aggregated: of a request, aggregation keeps the status at most, never route, method, pod or latency.`,
        ]
      : []),
    ...filters.slice(0, 1).map(({ text }) => text),
    protocol === "kafka"
      ? "No Kafka rule was seen at work: Hubble records Kafka only where a Kafka rule sends the traffic through the proxy, and Cilium has deprecated these rules (1.18)."
      : hasHttp && protocol === "http"
        ? "Its HTTP records are all gRPC, or do not say whether they are a request or an answer."
        : hasHttp && aggregation !== null
          ? "gRPC calls stand among the HTTP answers: aggregation keeps neither the content type nor the path by which they are known."
          : hasHttp
            ? `The HTTP records hold no ${PROTOCOL_LABELS[protocol]}: gRPC is known by its content type, or by HTTP/2 POST to /package.Service/Method.`
            : "No L7 policy was seen at work: Hubble records requests only of pods whose traffic a policy with HTTP rules sends through the proxy. Encrypted traffic (TLS) is not seen inside even then.",
  ];
}

function elsewhere({ layer7 }: Facts, protocol: L7Protocol): string[] {
  const others = layer7.filter((found) => found.protocol !== (protocol === "kafka" ? "kafka" : "http"));
  if (others.length === 0) return [];
  const list = others.map(
    ({ protocol: name, flows }) => `${name.toUpperCase()} (${formatQuantity(flows, "record")})`,
  );
  return [`Of L7 the capture has ${list.join(" and ")}.`];
}
