/** Keys of our own about requests and connections, by the record at which each counts: what tables of them lead to. */

import { actorKind } from "./actor-kinds";
import type { KeyShape } from "./key-row";
import { answerKind, connectionKind, lookupKind, requestKind } from "./outcome-kinds";
import { textKind } from "./simple-kinds";

export const OUTCOME_KEYS = [
  {
    key: "actor",
    hubble: false,
    sided: true,
    kind: actorKind,
    none: false,
    label: "Actor",
    help: "Whoever is at either end of the packet; `from-actor` is its source, `to-actor` its destination. `actor:?` is a side that is not settled yet.",
    example: "actor:shop/web",
  },
  {
    key: "request",
    hubble: false,
    sided: false,
    kind: requestKind,
    unknown: false,
    label: "Request",
    help: "The record at which an HTTP, gRPC or Kafka request counts, by protocol or by what became of it.",
    example: "request:http",
  },
  {
    key: "answer",
    hubble: false,
    sided: false,
    kind: answerKind,
    label: "Answer",
    help: "What a request was answered with, by the record at which it counts; `answer:-` finds those without an answer.",
    example: "answer:5+",
  },
  {
    key: "kafka-api",
    hubble: false,
    sided: false,
    kind: textKind("the exact name of an API key"),
    label: "Kafka API",
    help: "API key of a Kafka request.",
    example: "kafka-api:produce",
  },
  {
    key: "connection",
    hubble: false,
    sided: false,
    kind: connectionKind,
    unknown: false,
    label: "Connection",
    help: "What became of a TCP, UDP or SCTP connection, by its first record.",
    example: "connection:refused,reset-by-server",
  },
  {
    key: "resolved-as",
    hubble: false,
    sided: false,
    kind: textKind("the exact name, lower case, without a final dot"),
    label: "Resolved as",
    help: "First record of the attempts that followed a DNS answer for this name; `resolved-as:-` finds what followed none, `resolved-as:?` an answer without its name.",
    example: "resolved-as:api.example.com",
  },
  {
    key: "resolved-ip",
    hubble: false,
    sided: false,
    kind: textKind("an address"),
    unknown: false,
    label: "Resolved address",
    help: "First record of the attempts that called this address when a DNS answer had given it; `resolved-ip:-` finds what followed none.",
    example: "resolved-ip:192.0.2.7",
  },
  {
    key: "lookup",
    hubble: false,
    sided: false,
    kind: lookupKind,
    unknown: false,
    label: "Lookup",
    help: "First record of attempts by the DNS answer they followed: within its time to live, behind it, one that did not say, or none although they went to the world.",
    example: "lookup:expired,missing",
  },
] as const satisfies readonly KeyShape[];
