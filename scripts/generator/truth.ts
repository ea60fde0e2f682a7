/**
 * What is known about a generated capture, written beside it as `truth.json`. It is counted while the
 * records are made, from what the generator meant, never by reading the lines back.
 *
 * Times are RFC 3339 with nanoseconds; names ending in `Ns` are whole nanoseconds. Every number
 * counts *records that were written*: what fell into a loss window is not in it.
 */
export interface Truth {
  readonly format: 1;
  /** What made the capture and what it imitates. */
  readonly generator: {
    readonly imitates: string;
    readonly seed: number;
    readonly nodes: number;
    readonly minutes: number;
    /** Request rate against that of the sample. */
    readonly rate: number;
    readonly cluster: string;
  };
  readonly incidentAt: string;
  /** Times of the first and last flow, by the flows' own time. */
  readonly first: string | null;
  readonly last: string | null;
  readonly records: {
    readonly total: number;
    readonly flows: number;
    readonly lost_events: number;
    readonly agent_event: number;
  };
  /** Bytes before compression, line feeds included. */
  readonly bytes: number;
  readonly files: readonly { readonly name: string; readonly records: number; readonly bytes: number }[];
  readonly nodes: readonly {
    readonly name: string;
    readonly flows: number;
    readonly first: string;
    readonly last: string;
  }[];
  readonly flows: {
    readonly byVerdict: Counts;
    /** Keys are numbers of `event_type.type`. */
    readonly byEventType: Counts;
    readonly byNode: Counts;
  };
  readonly lost: {
    /** Sum of `num_events_lost`. It is exactly how many records are missing. */
    readonly events: number;
    readonly windows: readonly {
      readonly node: string;
      readonly first: string;
      readonly last: string;
      readonly events: number;
    }[];
  };
  readonly drops: {
    /** Denied packets and requests, a drop record and its verdict record being one. */
    readonly total: number;
    /** Records of event type 1 that are drops (the not-losses are apart). */
    readonly dropRecords: number;
    /** Records of event type 5 with verdict DROPPED. */
    readonly verdictRecords: number;
    /** L7 requests with verdict DROPPED. */
    readonly l7Records: number;
    /** By `drop_reason_desc`; L7 drops have none and stand under "". */
    readonly byReason: Counts;
    /** Most drops first. */
    readonly causes: readonly DropCause[];
  };
  /** Verdict DROPPED, nothing lost: by `drop_reason_desc`. */
  readonly notLosses: Counts;
  /** Verdict AUDIT, by client, server and port. */
  readonly audited: readonly {
    readonly client: string;
    readonly server: string;
    readonly port: number;
    readonly records: number;
  }[];
  readonly dns: DnsTruth;
  readonly http: HttpTruth;
  readonly unbalanced: {
    readonly workload: string;
    /** `events`: flows that have the pod on either end. `requests`: L7 requests that it serves. */
    readonly pods: readonly {
      readonly pod: string;
      readonly events: number;
      readonly requests: number;
      readonly requestsSinceIncident: number;
    }[];
  };
}

export type Counts = Readonly<Record<string, number>>;

/** Drops that share all of direction, reason, what decided, policies, client, server, port and protocol. */
export interface DropCause {
  /** The story it belongs to; several causes can belong to one. */
  readonly name: string;
  readonly direction: string;
  /** `drop_reason_desc`, or null for an L7 rule. */
  readonly reason: string | null;
  readonly decidedBy: "default-deny" | "policy" | "l7-rule" | "datapath";
  /** `Kind namespace/name` of the policies that the verdict record names. */
  readonly policies: readonly string[];
  /** `namespace/workload`; null when no client can be told (ICMPv6 noise). */
  readonly client: string | null;
  /** `namespace/workload`, DNS name, or address. */
  readonly server: string | null;
  readonly port: number | null;
  readonly protocol: string;
  readonly dropRecords: number;
  readonly verdictRecords: number;
  readonly l7Records: number;
  readonly drops: number;
  /** Connection attempts that were denied at least once; null where flows have no ports. */
  readonly attempts: number | null;
  /** Times of the first and last drop, by the record that anchors it. */
  readonly first: string;
  readonly last: string;
}

/** Latency in nanoseconds. Percentiles come from buckets 1 % wide; the rest is exact. */
export interface Latency {
  readonly samples: number;
  readonly minNs: number;
  readonly maxNs: number;
  readonly sumNs: number;
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
}

export interface DnsTruth {
  /** L7 DNS requests, those refused by policy included. */
  readonly queries: number;
  readonly responses: number;
  /** Requests with verdict DROPPED. */
  readonly refusedByPolicy: number;
  /** Requests, not refused, that no response belongs to. */
  readonly withoutResponse: number;
  /** Of these, asked in the last 5 s of the capture: still open rather than unanswered. */
  readonly open: number;
  /** Responses by number of the response code, "0" included. */
  readonly byRcode: Counts;
  /** NXDOMAIN responses that only the search list brought about, and the others. */
  readonly expansion: number;
  readonly realNxdomain: number;
  readonly clients: readonly {
    readonly client: string;
    readonly queries: number;
    readonly responses: number;
    readonly expansion: number;
    readonly realNxdomain: number;
  }[];
  /** Response time minus request time. */
  readonly latency: Latency | null;
}

export interface HttpTruth {
  /** L7 records. One request can be logged on both sides. */
  readonly requestRecords: number;
  readonly responseRecords: number;
  readonly responseRecordsByStatus: Counts;
  /** Requests and responses, each counted once. */
  readonly requests: number;
  readonly responses: number;
  readonly byStatus: Counts;
  /** Requests with verdict DROPPED (403 by the proxy). They are among the requests. */
  readonly deniedByPolicy: number;
  readonly servers: readonly {
    readonly server: string;
    readonly grpc: boolean;
    readonly requests: number;
    readonly responses: number;
    readonly byStatus: Counts;
    /** Over the `latency_ns` of all response records of this server. */
    readonly latency: Latency | null;
  }[];
}
