/** The parts of a log line that the checks below look at. Everything may be missing: it is input. */
export interface EndpointJson {
  readonly ID?: number;
  readonly identity?: number;
  readonly cluster_name?: string;
  readonly namespace?: string;
  readonly labels?: readonly string[];
  readonly pod_name?: string;
  readonly workloads?: readonly { readonly name?: string; readonly kind?: string }[];
}

interface PortsJson {
  readonly source_port?: number;
  readonly destination_port?: number;
  readonly flags?: Readonly<Record<string, boolean>>;
  readonly type?: number;
}

interface PolicyJson {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: readonly string[];
  readonly revision?: string;
  readonly kind?: string;
}

export interface FlowJson {
  readonly time?: string;
  readonly uuid?: string;
  readonly emitter?: { readonly name?: string; readonly version?: string };
  readonly verdict?: string;
  readonly drop_reason?: number;
  readonly drop_reason_desc?: string;
  readonly ethernet?: object;
  readonly IP?: { readonly source?: string; readonly destination?: string; readonly ipVersion?: string };
  readonly l4?: Readonly<Record<string, PortsJson>>;
  readonly source?: EndpointJson;
  readonly destination?: EndpointJson;
  readonly Type?: string;
  readonly node_name?: string;
  readonly source_names?: readonly string[];
  readonly destination_names?: readonly string[];
  readonly source_service?: { readonly name?: string; readonly namespace?: string };
  readonly destination_service?: { readonly name?: string; readonly namespace?: string };
  readonly l7?: {
    readonly type?: string;
    readonly latency_ns?: string;
    readonly dns?: {
      readonly query?: string;
      readonly ips?: readonly string[];
      readonly cnames?: readonly string[];
      readonly rcode?: number;
      readonly qtypes?: readonly string[];
    };
    readonly http?: {
      readonly code?: number;
      readonly method?: string;
      readonly url?: string;
      readonly protocol?: string;
      readonly headers?: readonly { readonly key: string; readonly value: string }[];
    };
  };
  readonly reply?: boolean;
  readonly is_reply?: boolean;
  readonly event_type?: { readonly type?: number; readonly sub_type?: number };
  readonly traffic_direction?: string;
  readonly policy_match_type?: number;
  readonly trace_observation_point?: string;
  readonly trace_reason?: string;
  readonly file?: object;
  readonly interface?: object;
  readonly sock_xlate_point?: string;
  readonly Summary?: string;
  readonly egress_allowed_by?: readonly PolicyJson[];
  readonly ingress_allowed_by?: readonly PolicyJson[];
  readonly egress_denied_by?: readonly PolicyJson[];
  readonly ingress_denied_by?: readonly PolicyJson[];
}

export interface LineJson {
  readonly flow?: FlowJson;
  readonly lost_events?: {
    readonly source?: string;
    readonly num_events_lost?: string;
    readonly cpu?: number;
    readonly first?: string;
    readonly last?: string;
  };
  readonly agent_event?: { readonly type?: string };
  readonly node_name?: string;
  readonly time?: string;
}

/** Nanoseconds since the first day of the generated captures: exact as a number. */
export function timeNs(text: string): number {
  const [seconds = "", fraction = ""] = text.replace("Z", "").split(".");
  const day = Date.parse(`${seconds}Z`) - Date.UTC(2026, 4, 12);
  return day * 1_000_000 + Number(fraction.padEnd(9, "0"));
}
