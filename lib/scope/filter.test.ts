import { describe, expect, it } from "vitest";
import {
  EMPTY_FILTER,
  FILTER_LIMITS,
  type Filter,
  formatFilter,
  makeTerm,
  parseFilter,
  type Term,
} from "./filter";

function filterFrom(text: string): Filter {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.failure.message}`);
  return parsed.value;
}

const NONE = { type: "none" } as const;
const UNKNOWN = { type: "unknown" } as const;

describe("parseFilter", () => {
  const trees: [text: string, terms: unknown[]][] = [
    ["", []],
    ["  \t\n ", []],
    ["verdict:dropped", [{ key: "verdict", negated: false, values: [{ type: "enum", name: "DROPPED" }] }]],
    ["verdict:2", [{ key: "verdict", negated: false, values: [{ type: "enum", name: "DROPPED" }] }]],
    ["verdict:15", [{ key: "verdict", negated: false, values: [{ type: "enum", name: "15" }] }]],
    ["verdict:015", [{ key: "verdict", negated: false, values: [{ type: "enum", name: "15" }] }]],
    ['verdict:"SLOWED"', [{ key: "verdict", negated: false, values: [{ type: "enum", name: "SLOWED" }] }]],
    ['verdict:"dropped"', [{ key: "verdict", negated: false, values: [{ type: "enum", name: "dropped" }] }]],
    ["!ns:-", [{ key: "namespace", side: "either", negated: true, values: [NONE] }]],
    ["to-NS:?", [{ key: "namespace", side: "to", negated: false, values: [UNKNOWN] }]],
    [
      'namespace:"-","?"',
      [
        {
          key: "namespace",
          side: "either",
          negated: false,
          values: [
            { type: "text", text: "-" },
            { type: "text", text: "?" },
          ],
        },
      ],
    ],
    [
      "pod:web",
      [
        {
          key: "pod",
          side: "either",
          negated: false,
          values: [{ type: "pod", name: "web", isExact: false }],
        },
      ],
    ],
    [
      "pod:/web",
      [
        {
          key: "pod",
          side: "either",
          negated: false,
          values: [{ type: "pod", name: "web", isExact: false }],
        },
      ],
    ],
    [
      "from-pod:shop/",
      [
        {
          key: "pod",
          side: "from",
          negated: false,
          values: [{ type: "pod", namespace: "shop", name: "", isExact: false }],
        },
      ],
    ],
    [
      "pod:shop/web-1$",
      [
        {
          key: "pod",
          side: "either",
          negated: false,
          values: [{ type: "pod", namespace: "shop", name: "web-1", isExact: true }],
        },
      ],
    ],
    [
      "pod:a\\/b/c\\$",
      [
        {
          key: "pod",
          side: "either",
          negated: false,
          values: [{ type: "pod", namespace: "a/b", name: "c$", isExact: false }],
        },
      ],
    ],
    [
      "pod:shop/a/b",
      [
        {
          key: "pod",
          side: "either",
          negated: false,
          values: [{ type: "pod", namespace: "shop", name: "a/b", isExact: false }],
        },
      ],
    ],
    [
      "workload:web",
      [{ key: "workload", side: "either", negated: false, values: [{ type: "workload", name: "web" }] }],
    ],
    [
      "workload:Deployment/web",
      [
        {
          key: "workload",
          side: "either",
          negated: false,
          values: [{ type: "workload", kind: "Deployment", name: "web" }],
        },
      ],
    ],
    [
      "workload:DaemonSet/",
      [
        {
          key: "workload",
          side: "either",
          negated: false,
          values: [{ type: "workload", kind: "DaemonSet" }],
        },
      ],
    ],
    [
      "workload:shop/web",
      [
        {
          key: "workload",
          side: "either",
          negated: false,
          values: [{ type: "workload", namespace: "shop", name: "web" }],
        },
      ],
    ],
    [
      "workload:job//web",
      [
        {
          key: "workload",
          side: "either",
          negated: false,
          values: [{ type: "workload", namespace: "job", name: "web" }],
        },
      ],
    ],
    [
      "workload:shop/Deployment/web",
      [
        {
          key: "workload",
          side: "either",
          negated: false,
          values: [{ type: "workload", namespace: "shop", kind: "Deployment", name: "web" }],
        },
      ],
    ],
    [
      "port:0,65535",
      [
        {
          key: "port",
          side: "either",
          negated: false,
          values: [
            { type: "port", port: 0 },
            { type: "port", port: 65535 },
          ],
        },
      ],
    ],
    [
      "ip:10.1.2.3/8",
      [
        {
          key: "ip",
          side: "either",
          negated: false,
          values: [{ type: "cidr", version: 4, network: "10.0.0.0", bits: 8 }],
        },
      ],
    ],
    [
      "to-ip:FD00:0:0::1",
      [{ key: "ip", side: "to", negated: false, values: [{ type: "ip", version: 6, address: "fd00::1" }] }],
    ],
    ["protocol:DNS", [{ key: "protocol", negated: false, values: [{ type: "word", word: "dns" }] }]],
    ["type:drop", [{ key: "type", negated: false, values: [{ type: "event", event: 1 }] }]],
    ["type:drop:133", [{ key: "type", negated: false, values: [{ type: "event", event: 1, subType: 133 }] }]],
    [
      "type:drop:policy_denied",
      [{ key: "type", negated: false, values: [{ type: "event", event: 1, subType: 133 }] }],
    ],
    [
      "type:trace:to-endpoint",
      [{ key: "type", negated: false, values: [{ type: "event", event: 4, subType: 0 }] }],
    ],
    ["type:4:0", [{ key: "type", negated: false, values: [{ type: "event", event: 4, subType: 0 }] }]],
    [
      "type:trace-sock:pre-xlate-fwd",
      [{ key: "type", negated: false, values: [{ type: "event", event: 7, subType: 1 }] }],
    ],
    [
      "type:l7,policy-verdict,254",
      [
        {
          key: "type",
          negated: false,
          values: [
            { type: "event", event: 129 },
            { type: "event", event: 5 },
            { type: "event", event: 254 },
          ],
        },
      ],
    ],
    [
      "reason:133",
      [{ key: "drop-reason-desc", negated: false, values: [{ type: "enum", name: "POLICY_DENIED" }] }],
    ],
    [
      "traffic-direction:EGRESS",
      [{ key: "traffic-direction", negated: false, values: [{ type: "enum", name: "EGRESS" }] }],
    ],
    ["node-name:k8s*", [{ key: "node-name", negated: false, values: [{ type: "node", node: ["k8s", ""] }] }]],
    [
      "node:prod/a-**-1",
      [
        {
          key: "node-name",
          negated: false,
          values: [{ type: "node", cluster: ["prod"], node: ["a-", "-1"] }],
        },
      ],
    ],
    [
      "node-name:prod/",
      [{ key: "node-name", negated: false, values: [{ type: "node", cluster: ["prod"] }] }],
    ],
    ["reply:true,?", [{ key: "reply", negated: false, values: [{ type: "word", word: "yes" }, UNKNOWN] }]],
    ["uuid:6a2e", [{ key: "uuid", negated: false, values: [{ type: "text", text: "6a2e" }] }]],
    [
      'namespace:"a \\"b\\", c\\\\d\\e"',
      [
        {
          key: "namespace",
          side: "either",
          negated: false,
          values: [{ type: "text", text: 'a "b", c\\d\\e' }],
        },
      ],
    ],
    [
      "namespace:a\\b:c!d",
      [{ key: "namespace", side: "either", negated: false, values: [{ type: "text", text: "a\\b:c!d" }] }],
    ],
  ];
  it.each(trees)("reads %j", (text, terms) => {
    expect(parseFilter(text)).toEqual({ ok: true, value: { terms } });
  });

  it("keeps two terms of one key as two conditions, in their order", () => {
    expect(filterFrom("port:80 verdict:ERROR port:443").terms.map((term) => term.key)).toEqual([
      "port",
      "verdict",
      "port",
    ]);
  });

  it("keeps equal terms and equal values once", () => {
    expect(formatFilter(filterFrom("port:80,443,80 verdict:2 port:80,443 verdict:DROPPED"))).toBe(
      "port:80,443 verdict:DROPPED",
    );
  });
});

describe("formatFilter", () => {
  const spellings: [text: string, canonical: string][] = [
    ["VERDICT:forwarded,3", "verdict:FORWARDED,ERROR"],
    ["from-ns:shop\u00a0to-ns:bank", "from-namespace:shop to-namespace:bank"],
    ["pod:/web pod:shop/", "pod:web pod:shop/"],
    ['namespace:"shop"', "namespace:shop"],
    ['namespace:"a b","c,d","e:f"', 'namespace:"a b","c,d",e:f'],
    ["workload:shop//web workload:deployment//web", "workload:shop/web workload:deployment//web"],
    ["workload:/Deployment/web workload:/rollouts/web", "workload:Deployment/web workload:/rollouts/web"],
    ["type:1:133,4:3,4:99,129,300", "type:drop:133,trace:to-stack,trace:99,l7,300"],
    ["ip:::FFFF:1.2.3.4,2001:DB8:0:0:1:0:0:1", "ip:::ffff:1.2.3.4,2001:db8::1:0:0:1"],
    ["traffic-direction:2,INGRESS,0", "traffic-direction:egress,ingress,unknown"],
    ["port:0080", "port:80"],
    ['verdict:"2","SLOWED"', 'verdict:DROPPED,"SLOWED"'],
    ['node-name:"prod/**"', "node-name:prod/*"],
    ['!uuid:"-",-', '!uuid:"-",-'],
    ["reply:TRUE", "reply:yes"],
    ["identity:2,WORLD,0,70000", "identity:world,unknown,70000"],
    ["fqdn:API.Example.COM.,**.io", "fqdn:api.example.com,*.io"],
    ["tcp-flags:syn,ACK/rst,ack/RST", "tcp-flags:SYN,RST/ACK"],
    ["ip-version:6,ipv4,NONE", "ip-version:v6,v4,none"],
    ["http-method:get,GET", "http-method:GET"],
    ["http-status:5xx,40X,404,5+", "http-status:5+,40+,404"],
    ["http-header:x-tenant:a:b,:path:/x", "http-header:x-tenant:a:b,:path:/x"],
    ["ip-trace-id:042", "ip-trace-id:42"],
    ["trace-point:TO_ENDPOINT,11", "trace-point:to-endpoint,to-network"],
    ["dns-rcode:3,0,99", "dns-rcode:NXDOMAIN,NOERROR,99"],
    ["label:any:app==web", "label:app=web"],
    ['label:" k8s:tier in ( b , a,a ) , ! canary"', 'label:"k8s:tier in (a,b),!canary"'],
    ['label:"a notin (x), b!=y, c= ,d > 5"', 'label:"a!=x,b!=y,c=,d>5"'],
    [
      "label:reserved:world,k8s:io.kubernetes.pod.namespace=shop",
      "label:reserved:world,k8s:io.kubernetes.pod.namespace=shop",
    ],
    ["encrypted:TRUE unencrypted:false", "encrypted:yes unencrypted:no"],
    ["file:**.log", "file:*.log"],
    ["dns-query:a|b,\\.io$", "dns-query:a|b,\\.io$"],
  ];
  it.each(spellings)("writes %j in its one spelling", (text, canonical) => {
    expect(formatFilter(filterFrom(text))).toBe(canonical);
    expect(formatFilter(filterFrom(canonical))).toBe(canonical);
  });

  it("writes nothing for everything", () => {
    expect(formatFilter(EMPTY_FILTER)).toBe("");
  });

  it("quotes a name that carries control or direction characters, so that they are seen", () => {
    const term = makeTerm("namespace", [{ type: "text", text: "a\u202eb" }]);
    expect(formatFilter({ terms: [term] })).toBe('namespace:"a\u202eb"');
  });
});

describe("refusals of parseFilter", () => {
  // text; the marked part between « and »; reason; suggestion that repairs it, if there is one
  const cases: [marked: string, reason: string, repaired?: string][] = [
    ["«verdct»:DROPPED", "key_unknown", "verdict:DROPPED"],
    ["port:80 «from_pod»:shop/web", "key_unknown", "port:80 from-pod:shop/web"],
    ["«-verdict»:DROPPED", "key_unknown", "!verdict:DROPPED"],
    ["«--verdict»:DROPPED", "key_unknown", "verdict:DROPPED"],
    ["«xyzzy»:1", "key_unknown"],
    ["«:»1", "key_unknown"],
    ["«cel-expression»:true", "refused"],
    ["«cel»:true", "refused"],
    ["«from»:2026-03-04T05:00:00Z", "refused"],
    ["«from-verdict»:DROPPED", "side_invalid", "verdict:DROPPED"],
    ["«to-http-status»:500", "side_invalid", "http-status:500"],
    ["«web»", "bare_word", "pod:web"],
    ["«!web»", "bare_word", "!pod:web"],
    ["port:80 «dropped»", "bare_word", "port:80 verdict:DROPPED"],
    ["«10.0.0.0/8»", "bare_word", "ip:10.0.0.0/8"],
    ["«53»", "bare_word", "port:53"],
    ["«egress»", "bare_word", "traffic-direction:egress"],
    ["«shop/web»", "bare_word", "pod:shop/web"],
    ["«verdict=DROPPED,ERROR»", "bare_word", "verdict:DROPPED,ERROR"],
    ["«namespace!=shop»", "bare_word", "!namespace:shop"],
    ["«verdict»", "bare_word"],
    ["verdict:DROPPED «AND» port:80", "bare_word"],
    ['«"connection reset"»', "bare_word", 'text:"connection reset"'],
    ['«!"a,b"»', "bare_word", '!text:"a,b"'],
    ["port:80 «!»", "syntax"],
    ["«!» port:80", "syntax"],
    ["verdict:«»", "syntax"],
    ["verdict:«» DROPPED", "syntax"],
    ["port:80,«»", "syntax"],
    ["port:80,«»,443", "syntax"],
    ['namespace:«""»', "syntax"],
    ['namespace:«"shop»', "syntax", 'namespace:"shop"'],
    ['namespace:«sh"op»', "syntax", 'namespace:"shop"'],
    ['namespace:"shop"«x» port:80', "syntax"],
    ["verdict:«DROPED»", "value_invalid", "verdict:DROPPED"],
    ["verdict:DROPPED,«ERR»", "value_invalid", "verdict:DROPPED,ERROR"],
    ["port:«65536»", "value_invalid"],
    ["port:«-1»", "value_invalid"],
    ["port:«80-90»", "value_invalid"],
    ["port:«http»", "value_invalid"],
    ["ip:«10.1»", "value_invalid"],
    ["ip:«010.0.0.1»", "value_invalid"],
    ["ip:«10.0.0.0/33»", "value_invalid"],
    ["ip:«fe80::1%eth0»", "value_invalid"],
    ["protocol:«htpt»", "value_invalid", "protocol:http"],
    ["type:«drp»", "value_invalid", "type:drop"],
    ["type:«trace:to-endpont»", "value_invalid", "type:trace:to-endpoint"],
    ["type:«drop:»", "value_invalid"],
    ["traffic-direction:«in»", "value_invalid", "traffic-direction:ingress"],
    ["drop-reason-desc:«policy-denied»", "value_invalid", "drop-reason-desc:POLICY_DENIED"],
    ["workload:«deployment/web»", "value_invalid", "workload:Deployment/web"],
    ["workload:«a/b/c/d»", "value_invalid"],
    ["workload:«/»", "value_invalid"],
    ["pod:«/»", "value_invalid"],
    ["pod:«shop/$»", "value_invalid"],
    ["node-name:«a/b/c»", "value_invalid"],
    ["reply:«maybe»", "value_invalid"],
    ["reply:«-»", "value_invalid", "reply:?"],
    ["aggregated:«-»", "value_invalid"],
    ["not-a-loss:«?»", "value_invalid"],
    ["service:«/»", "value_invalid"],
    ["policy:«/»", "value_invalid"],
    ["policy:«networkpolicy/a»", "value_invalid", "policy:NetworkPolicy/a"],
    ["identity:«wrld»", "value_invalid", "identity:world"],
    ["identity:«4294967296»", "value_invalid"],
    ["fqdn:«münchen.de»", "value_invalid"],
    ["fqdn:«a..»", "value_invalid"],
    ["tcp-flags:SYN,«ACKK»", "value_invalid", "tcp-flags:SYN,ACK"],
    ["tcp-flags:«SYN/»", "value_invalid"],
    ["ip-version:«v5»", "value_invalid", "ip-version:v4"],
    ["http-status:«5»", "value_invalid", "http-status:5+"],
    ["http-status:«600»", "value_invalid"],
    ["http-status:«5xxx»", "value_invalid"],
    ["http-header:«x-tenant»", "value_invalid"],
    ["ip-trace-id:«0»", "value_invalid"],
    ["ip-trace-id:«18446744073709551616»", "value_invalid"],
    ["trace-point:«to-endpont»", "value_invalid", "trace-point:to-endpoint"],
    ["dns-rcode:«NXDOMAN»", "value_invalid", "dns-rcode:NXDOMAIN"],
    ['label:«"app in web"»', "value_invalid"],
    ['label:«"app in (web"»', "value_invalid"],
    ['label:«"app web"»', "value_invalid"],
    ["label:«=web»", "value_invalid"],
    ["label:«a>b»", "value_invalid"],
    ["node-label:«!»", "value_invalid"],
    ["namespace:a«\ud800»", "syntax"],
  ];
  it.each(cases)("%j: %s", (marked, reason, repaired) => {
    const start = marked.indexOf("«");
    const end = marked.indexOf("»") - 1;
    const text = marked.replace("«", "").replace("»", "");
    const position = { start, end };
    const parsed = parseFilter(text);
    if (parsed.ok) throw new Error("was accepted");
    expect(parsed.failure).toMatchObject({ code: "filter_invalid", reason, position });
    const { suggestion } = parsed.failure;
    const applied =
      suggestion === undefined
        ? undefined
        : text.slice(0, position.start) + suggestion + text.slice(position.end);
    expect(applied).toBe(repaired);
    if (repaired !== undefined) expect(parseFilter(repaired).ok).toBe(true);
  });

  it("says how a word that is not in the table can be asked for all the same", () => {
    const parsed = parseFilter("verdict:SLOWED");
    expect(!parsed.ok && parsed.failure.hint).toContain("write it in quotes");
  });

  it("never keeps a part of a filter: one bad term refuses all", () => {
    expect(parseFilter("verdict:DROPPED port:x").ok).toBe(false);
  });

  it("bounds the length, the terms and the values", () => {
    const terms = (count: number) => Array.from({ length: count }, (_, port) => `port:${port}`).join(" ");
    const values = (count: number) => `port:${Array.from({ length: count }, (_, port) => port).join(",")}`;
    expect(parseFilter(terms(FILTER_LIMITS.terms)).ok).toBe(true);
    expect(parseFilter(terms(FILTER_LIMITS.terms + 1))).toMatchObject({ failure: { reason: "too_long" } });
    expect(parseFilter(values(FILTER_LIMITS.values)).ok).toBe(true);
    expect(parseFilter(values(FILTER_LIMITS.values + 1))).toMatchObject({ failure: { reason: "too_long" } });
    expect(parseFilter(" ".repeat(FILTER_LIMITS.characters)).ok).toBe(true);
    expect(parseFilter(" ".repeat(FILTER_LIMITS.characters + 1))).toMatchObject({
      failure: { reason: "too_long" },
    });
  });

  it("answers long rubbish", () => {
    const rubbish = [
      '"\\'.repeat(4000),
      ":,".repeat(4000),
      "!".repeat(8000),
      `pod:${"\\".repeat(8000)}$`,
      `${"x".repeat(8000)}:1`,
    ];
    // The fourth is a name of many backslashes.
    expect(rubbish.map((text) => parseFilter(text).ok)).toEqual([false, false, false, true, false]);
  });
});

describe("makeTerm", () => {
  it("gives a sided key the side `either` and a one-sided key none", () => {
    const sided: Term = makeTerm("port", [{ type: "port", port: 53 }]);
    const plain: Term = makeTerm("verdict", [{ type: "enum", name: "ERROR" }], { side: "to" });
    expect(sided).toEqual({
      key: "port",
      side: "either",
      negated: false,
      values: [{ type: "port", port: 53 }],
    });
    expect(plain).toEqual({ key: "verdict", negated: false, values: [{ type: "enum", name: "ERROR" }] });
  });

  it("types the values by key, so that a switch over terms is complete", () => {
    const describeTerm = (term: Term): string => {
      switch (term.key) {
        case "port":
          return term.values.map((value) => (value.type === "port" ? value.port + 1 : value.type)).join();
        case "verdict":
          return term.values.map((value) => (value.type === "enum" ? value.name.length : value.type)).join();
        default:
          return term.key;
      }
    };
    expect(filterFrom("port:1,? verdict:ERROR,- reply:no").terms.map(describeTerm)).toEqual([
      "2,unknown",
      "5,none",
      "reply",
    ]);
  });
});
