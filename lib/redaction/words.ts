/** Words that say nothing about whose capture it is: they stand in every cluster, and views go by them. Never masked. */

import {
  AGENT_EVENT_TYPE,
  AUTH_TYPE,
  DEBUG_CAPTURE_POINT,
  DROP_REASON,
  FLOW_TYPE,
  IP_VERSION,
  L7_FLOW_TYPE,
  LOST_EVENT_SOURCE,
  NODE_STATE,
  SOCKET_TRANSLATION_POINT,
  TRACE_OBSERVATION_POINT,
  TRACE_REASON,
  TRAFFIC_DIRECTION,
  TUNNEL_PROTOCOL,
  VERDICT,
} from "@/lib/flow/enums";

const COMMON = [
  // Namespaces and workloads that come with Kubernetes and Cilium.
  "default kube-system kube-public kube-node-lease kube-dns coredns node-local-dns kube-proxy",
  "kube-apiserver kubernetes cilium cilium-agent cilium-operator cilium-envoy hubble-relay hubble-ui",
  // Parts of names that DNS or Kubernetes fixes.
  "svc cluster local pod arpa in-addr ip6 internal localhost",
  "com net org io dev app cloud gov edu info biz co uk de eu fr nl us",
  // Protocols and their parts.
  "http https grpc tcp udp sctp dns tls ws wss kafka icmp api health healthz livez readyz metrics",
  "true false none unknown hubble_redacted",
].join(" ");

const KEPT: ReadonlySet<string> = new Set(COMMON.split(" "));

/** Also versions of an interface (`v1`, `v2beta1`) and service labels of DNS (`_tcp`). */
export function isKept(word: string): boolean {
  return (
    KEPT.has(word.toLowerCase()) ||
    /^v\d{1,4}(?:(?:alpha|beta)\d{1,2}|(?:\.\d{1,4}){1,3})?$/.test(word) ||
    /^_(?:tcp|udp|sctp|tls|https?|grpc|dns|ldaps?|kerberos|sips?)$/.test(word)
  );
}

/** Too little to be a name, and found everywhere. */
export function isTelling(word: string): boolean {
  return word.length > 1 && !/^[\d.,-]*$/.test(word) && !isKept(word);
}

/** Label keys that Kubernetes, Helm and Cilium give a meaning, and the usual short ones. */
const LABEL_KEYS: ReadonlySet<string> = new Set(
  "app name k8s-app component tier role version release env environment instance pod-template-hash controller-revision-hash statefulset.kubernetes.io/pod-name".split(
    " ",
  ),
);
const LABEL_DOMAINS =
  /(?:^|\.)(?:kubernetes\.io|k8s\.io|cilium\.io|io\.cilium\.k8s|io\.kubernetes|helm\.sh)(?=[./]|$)/;

export function isKnownLabelKey(key: string): boolean {
  return LABEL_KEYS.has(key) || LABEL_DOMAINS.test(key);
}

const HEADERS: ReadonlySet<string> = new Set(
  "content-type content-length content-encoding accept accept-encoding user-agent host date server grpc-status grpc-message grpc-encoding x-request-id x-forwarded-for x-forwarded-proto x-envoy-upstream-service-time traceparent tracestate authorization cookie set-cookie location te transfer-encoding connection cache-control :authority :path :method :scheme :status".split(
    " ",
  ),
);

export function isKnownHeader(key: string): boolean {
  return HEADERS.has(key.toLowerCase());
}

/** Values that are one of few words or a number, some of which mean something to the views. */
export function isHarmlessHeader(key: string, value: string): boolean {
  if (/^(?:application|text|image|audio|video|font|multipart)\/[a-z0-9.+*-]{1,40}$/i.test(value)) return true;
  return (
    /^(?:grpc-status|content-length|:status|x-envoy-upstream-service-time)$/i.test(key) &&
    /^\d{1,15}$/.test(value)
  );
}

/** Words of enums, as Hubble writes them. What a record has in the place of one and is none is a text like any other. */
const ENUM_WORDS: ReadonlySet<string> = new Set([
  ...[
    VERDICT,
    DROP_REASON,
    FLOW_TYPE,
    TRAFFIC_DIRECTION,
    AUTH_TYPE,
    L7_FLOW_TYPE,
    IP_VERSION,
    TRACE_OBSERVATION_POINT,
    TRACE_REASON,
    DEBUG_CAPTURE_POINT,
    SOCKET_TRANSLATION_POINT,
    TUNNEL_PROTOCOL,
    LOST_EVENT_SOURCE,
    NODE_STATE,
    AGENT_EVENT_TYPE,
  ].flatMap(({ numberOf }) => [...numberOf.keys()]),
  ..."Hubble retina proxy agent TCP UDP SCTP ICMPv4 ICMPv6 VRRP IGMP".split(" "),
  ..."GET HEAD POST PUT PATCH DELETE OPTIONS CONNECT TRACE HTTP/1.0 HTTP/1.1 HTTP/2 HTTP/3".split(" "),
  ..."A AAAA CNAME NS SOA PTR MX TXT SRV OPT HTTPS SVCB CAA ANY NULL Unknown".split(" "),
  ..."Deployment StatefulSet DaemonSet ReplicaSet Job CronJob Pod Node ReplicationController Rollout".split(
    " ",
  ),
  ..."CiliumNetworkPolicy CiliumClusterwideNetworkPolicy NetworkPolicy AdminNetworkPolicy BaselineAdminNetworkPolicy".split(
    " ",
  ),
  ..."INIT INIT_ACK SHUTDOWN SHUTDOWN_ACK SHUTDOWN_COMPLETE ABORT UNSUPPORTED".split(" "),
]);

/** A word that every reader of flow logs knows: never a name, wherever a name happens to be spelled like it. */
export function isEnumWord(text: string): boolean {
  return ENUM_WORDS.has(text) || /^DBG_[A-Z0-9_]{1,50}$/.test(text) || /^-?\d{1,10}$/.test(text);
}
