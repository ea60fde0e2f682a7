/** Numbers of application protocols in words. A number without a word is shown as it is. */

/** gRPC status codes (gRPC project, `doc/statuscodes.md`). */
const GRPC_STATUS = [
  ...["OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS"],
  ...["PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE"],
  ...["UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"],
] as const;

export function grpcStatusName(code: number): string {
  return GRPC_STATUS[code] ?? String(code);
}

/** The code of a name, or of a number that has none; undefined for a word that no status has. */
export function grpcStatusNumber(name: string): number | undefined {
  return numberOf(name, new Map(GRPC_STATUS.map((word, code): [string, number] => [word, code])));
}

function numberOf(name: string, codes: ReadonlyMap<string, number>): number | undefined {
  const code = codes.get(name);
  if (code !== undefined) return code;
  const isPlain = /^-?\d{1,5}$/.test(name) && ![...codes.values()].includes(Number(name));
  return isPlain ? Number(name) : undefined;
}

/**
 * The gRPC statuses that are the server's fault, as 5xx is for HTTP: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED,
 * INTERNAL, UNAVAILABLE, DATA_LOSS (OpenTelemetry semantic conventions for gRPC servers, 1.27).
 */
export const GRPC_SERVER_ERRORS: readonly number[] = [2, 4, 12, 13, 14, 15];

/** The gRPC statuses that are the caller's doing: the rest but OK. */
export const GRPC_CLIENT_ERRORS: readonly number[] = [1, 3, 5, 6, 7, 8, 9, 10, 11, 16];

/** Kafka error codes (Apache Kafka 4.0 protocol guide, "Error Codes"); those that a produce or fetch can bring. */
const KAFKA_ERRORS: Readonly<Record<number, string>> = {
  [-1]: "UNKNOWN_SERVER_ERROR",
  0: "NONE",
  1: "OFFSET_OUT_OF_RANGE",
  2: "CORRUPT_MESSAGE",
  3: "UNKNOWN_TOPIC_OR_PARTITION",
  4: "INVALID_FETCH_SIZE",
  5: "LEADER_NOT_AVAILABLE",
  6: "NOT_LEADER_OR_FOLLOWER",
  7: "REQUEST_TIMED_OUT",
  8: "BROKER_NOT_AVAILABLE",
  9: "REPLICA_NOT_AVAILABLE",
  10: "MESSAGE_TOO_LARGE",
  11: "STALE_CONTROLLER_EPOCH",
  12: "OFFSET_METADATA_TOO_LARGE",
  13: "NETWORK_EXCEPTION",
  14: "COORDINATOR_LOAD_IN_PROGRESS",
  15: "COORDINATOR_NOT_AVAILABLE",
  16: "NOT_COORDINATOR",
  17: "INVALID_TOPIC_EXCEPTION",
  18: "RECORD_LIST_TOO_LARGE",
  19: "NOT_ENOUGH_REPLICAS",
  20: "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
  21: "INVALID_REQUIRED_ACKS",
  22: "ILLEGAL_GENERATION",
  25: "UNKNOWN_MEMBER_ID",
  27: "REBALANCE_IN_PROGRESS",
  29: "TOPIC_AUTHORIZATION_FAILED",
  30: "GROUP_AUTHORIZATION_FAILED",
  31: "CLUSTER_AUTHORIZATION_FAILED",
  35: "UNSUPPORTED_VERSION",
};

export function kafkaErrorName(code: number): string {
  return KAFKA_ERRORS[code] ?? String(code);
}

/** As {@link grpcStatusNumber}. */
export function kafkaErrorNumber(name: string): number | undefined {
  return numberOf(
    name,
    new Map(Object.entries(KAFKA_ERRORS).map(([code, word]): [string, number] => [word, Number(code)])),
  );
}
