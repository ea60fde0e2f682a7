/** Keys of our own about requests and connections, by the record at which each counts: what tables of them lead to. */

import { actorKind } from "./actor-kinds";
import type { AvailableKey } from "./key-row";
import { answerKind, connectionKind, requestKind } from "./outcome-kinds";
import { textKind } from "./simple-kinds";

export const OUTCOME_KEYS = [
  {
    key: "actor",
    hubble: false,
    sided: false,
    available: true,
    kind: actorKind,
    unknown: false,
    none: false,
    label: "Either side",
    help: "Whoever is at either end of the packet.",
    example: "actor:shop/web",
  },
  {
    key: "request",
    hubble: false,
    sided: false,
    available: true,
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
    available: true,
    kind: answerKind,
    label: "Answer",
    help: "What a request was answered with, by the record at which it counts; `answer:-` finds those without an answer.",
    example: "answer:5+",
  },
  {
    key: "kafka-api",
    hubble: false,
    sided: false,
    available: true,
    kind: textKind("the exact name of an API key"),
    label: "Kafka API",
    help: "API key of a Kafka request.",
    example: "kafka-api:produce",
  },
  {
    key: "connection",
    hubble: false,
    sided: false,
    available: true,
    kind: connectionKind,
    unknown: false,
    label: "Connection",
    help: "What became of a TCP, UDP or SCTP connection, by its first record.",
    example: "connection:refused,reset-by-server",
  },
] as const satisfies readonly AvailableKey[];
